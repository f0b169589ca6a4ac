"""Sends by Python's smtplib: one process, a thread a connection. Speaks the protocol of src/sending/client.ts."""

import json
import smtplib
import ssl
import sys
import threading
import time
from email.message import EmailMessage
from email.policy import SMTP

options = json.loads(sys.argv[1])
load = options["load"]
with open(load["source"], "rb") as source:
    rest = source.read()
text = rest.decode("ascii") if load["kind"] == "text" else "See the file.\n"


def connected():
    if "ca" not in options:
        return smtplib.SMTP("127.0.0.1", options["port"])
    context = ssl.create_default_context(cadata=options["ca"])
    return smtplib.SMTP_SSL("127.0.0.1", options["port"], context=context)


def composed(number):
    stamp = str(number).zfill(57)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Ana Example <ana{number}@example.com>"
    mail["To"] = f"Bob Example <bob{number}@example.org>"
    mail["Subject"] = f"Your order number {number}"
    mail["X-Bench-Number"] = str(number)
    if load["kind"] == "text":
        mail.set_content(f"{stamp}\n{text}")
    else:
        mail.set_content(text)
        mail.add_attachment(
            stamp.encode("ascii") + rest, maintype="application", subtype="octet-stream", filename="file.bin"
        )
    return mail


connections = [connected() for _ in range(options["connections"])]
numbers = threading.Lock()


def send_round(first, count):
    following = iter(range(first, first + count))
    failures = []

    def work(connection):
        try:
            while True:
                with numbers:
                    number = next(following, None)
                if number is None:
                    return
                connection.send_message(composed(number))
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=[one]) for one in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


for line in sys.stdin:
    asked = json.loads(line)
    cpu, start = time.process_time(), time.perf_counter()
    send_round(asked["first"], asked["count"])
    seconds = time.perf_counter() - start
    cpu_micros = (time.process_time() - cpu) * 1e6
    print(json.dumps({"seconds": seconds, "cpuMicros": cpu_micros, "octets": None, "rssMb": []}), flush=True)

for connection in connections:
    connection.quit()
