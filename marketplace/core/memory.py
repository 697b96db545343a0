"""How a process that serves pages keeps its memory in order."""

import gc

#: New objects between two looks for circles among them; a page makes about half as many.
LOOK_AFTER = 20_000


def settle() -> None:
    """Called once when everything is loaded: what stays for good is not looked through again and again.

    A page costs a tenth less, and processes that were forked go on sharing what was loaded before.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(LOOK_AFTER, 20, 50)
