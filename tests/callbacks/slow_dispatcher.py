"""A dispatcher for tests to kill: the effect `hold` takes as long as its data says and is noted."""

import signal
import time

from callbacks.dispatcher import Dispatcher, Duties
from config.settings import load_settings
from routing.floor import open_patient_floor
from routing.store.effects import Effect

BEGUN, DONE = "test:begun", "test:done"


def main() -> None:
    floor = open_patient_floor(load_settings())

    def hold(effect: Effect) -> None:
        floor.store.run(lambda redis: redis.rpush(BEGUN, f"{effect.target} {dispatcher.name}"))
        time.sleep(effect.data["s"])
        floor.store.run(lambda redis: redis.rpush(DONE, f"{effect.target} {dispatcher.name}"))

    dispatcher = Dispatcher(floor, Duties({"hold": hold}, {}), threads=3)
    signal.signal(signal.SIGTERM, lambda *_: dispatcher.stop())
    dispatcher.run()


if __name__ == "__main__":
    main()
