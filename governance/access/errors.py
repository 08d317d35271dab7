"""What can go wrong with who may do what."""


class NotPermitted(Exception):
    """A principal may not do something; the message is one sentence."""


class UnusableAccessPolicy(ValueError):
    """The policy file cannot be used; the message is one sentence that names what to mend."""
