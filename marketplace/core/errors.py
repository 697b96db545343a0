class RuleBroken(Exception):
    """A person asked for something the rules do not allow; the message may be shown to them."""
