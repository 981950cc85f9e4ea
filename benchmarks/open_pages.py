"""Live pages held open by a process of its own, so that reading them takes no turn from who measures.

`python -m benchmarks.open_pages PORT` reads API keys, a line each, until a blank one; says "open" once every
page is; reads and counts events; ends with its standard input and says how many events the pages got.
"""

import selectors
import socket
import sys

WITHIN_S = 30


def main() -> None:
    """One selector over all pages."""
    port, keys = int(sys.argv[1]), list(iter(lambda: sys.stdin.readline().strip(), ""))
    with selectors.DefaultSelector() as readable:
        for key in keys:
            readable.register(_page(port, key), selectors.EVENT_READ)
        readable.register(sys.stdin, selectors.EVENT_READ)
        print("open", flush=True)
        print(_count(readable), flush=True)


def _page(port: int, key: str) -> socket.socket:
    page = socket.create_connection(("127.0.0.1", port), timeout=WITHIN_S)
    page.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: live\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
    answer = b""
    while b"retry:" not in answer:
        if not (more := page.recv(65536)):
            raise SystemExit(f"a page did not open: {answer[:300]!r}")
        answer += more
    page.setblocking(False)
    return page


def _count(readable: selectors.DefaultSelector) -> int:
    events = 0
    while True:
        for found, _ in readable.select():
            if found.fileobj is sys.stdin:
                return events
            assert isinstance(found.fileobj, socket.socket)
            if not (got := found.fileobj.recv(1 << 20)):
                raise SystemExit("a page ended")
            events += got.count(b"event: ")


if __name__ == "__main__":
    main()
