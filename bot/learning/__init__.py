"""Learning weights from labelled texts, and measuring them: for the command line, never the bot.

Only ``fit`` and ``shipped`` need scikit-learn (the extra ``learn``).
"""
