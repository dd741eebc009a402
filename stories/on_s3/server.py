"""Serves S3 on this machine from memory, for the tests beside this file.

Prints its address, then serves until standard input ends, so that no server outlives its test.
S3 decides about one conditional write at a time; a lock around every request does the same here.
"""

import logging
import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

backend = DomainDispatcherApplication(create_backend_app)
lock = threading.Lock()


def one_at_a_time(environ, start_response):
    with lock:
        return list(backend(environ, start_response))


def end_with_the_test():
    sys.stdin.read()
    os._exit(0)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True)
threading.Thread(target=end_with_the_test, daemon=True).start()
print(f"127.0.0.1:{server.port}", flush=True)
server.serve_forever()
