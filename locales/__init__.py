"""Texts, one folder a language; ``bot.i18n`` reads them."""
