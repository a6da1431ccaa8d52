"""呼应: whoever calls is answered, and the answer has an owner and a deadline."""

__version__ = "0.1.0"
