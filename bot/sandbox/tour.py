"""placeholder"""


def main() -> int:
    """x"""
    return 1
