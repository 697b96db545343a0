"""Ten people who press one button at the same moment, each with a connection of their own."""

import threading

from django.db import connection

from marketplace.core.errors import RuleBroken


def in_ten_threads(work):
    outcomes, gate = [], threading.Barrier(10)

    def one():
        gate.wait()
        try:
            outcomes.append(work())
        except RuleBroken as broken:
            outcomes.append(broken)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
