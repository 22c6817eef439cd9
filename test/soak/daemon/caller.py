"""A caller of the daemon: it reads one order a line, carries them out at once with one connection, and prints what came of each.
It may be killed at any moment, and so may the daemon. Started by python-caller.ts."""

import concurrent.futures
import json
import os
import sys
import threading
import time

import libvirt

# Seconds: until a daemon that is killed has another one in its place, and that a console is open.
PATIENCE = {'daemon': 8, 'console': 0.3}


class Unreached(Exception):
    """There was no connection by which an order could be carried out."""


class Link:
    """The connection that all orders share, and another one when it has been lost."""

    def __init__(self):
        self._lock = threading.Lock()
        self._connection = None

    def get(self):
        """One that answered a moment ago."""
        deadline = time.monotonic() + PATIENCE['daemon']
        while True:
            try:
                return self._checked()
            except libvirt.libvirtError as error:
                if time.monotonic() > deadline:
                    raise Unreached(str(error)) from error
                time.sleep(0.05)

    def close(self):
        if self._connection is not None:
            self._connection.close()

    def _checked(self):
        with self._lock:
            try:
                if self._connection is not None:
                    self._connection.getLibVersion()
                    return self._connection
            except libvirt.libvirtError:
                pass
            self._connection = libvirt.open('lxc:///')
            return self._connection


STATES = {libvirt.VIR_DOMAIN_RUNNING: 'running', libvirt.VIR_DOMAIN_PAUSED: 'paused', libvirt.VIR_DOMAIN_SHUTOFF: 'off'}


def start(domain, order):
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_AUTODESTROY if order['autodestroy'] else 0)
    return 'autodestroy' if order['autodestroy'] else 'leave'


def set_title(domain, order):
    domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, order['title'], None, None, libvirt.VIR_DOMAIN_AFFECT_CURRENT)


def open_console(domain, _):
    stream = domain.connect().newStream(0)
    domain.openConsole(None, stream, 0)
    stream.send(b'\n')
    time.sleep(PATIENCE['console'])
    stream.abort()


def look(domain, _):
    state, _reason = domain.state()
    if state != libvirt.VIR_DOMAIN_SHUTOFF:
        domain.info()
    return STATES.get(state, str(state))


def look_at_network(network, _):
    if not network.isActive():
        return 'off'
    return 'active' if network.isPersistent() else 'transient'


DOMAIN_ACTS = {
    'start': start,
    'destroy': lambda domain, _: domain.destroy(),
    'suspend': lambda domain, _: domain.suspend(),
    'resume': lambda domain, _: domain.resume(),
    'askShutdown': lambda domain, _: domain.shutdown(),
    'askReboot': lambda domain, _: domain.reboot(0),
    'limit': lambda domain, order: domain.setMemoryFlags(order['memory'], libvirt.VIR_DOMAIN_AFFECT_LIVE),
    'console': open_console,
    'rename': lambda domain, order: domain.rename(order['name'], 0),
    'undefine': lambda domain, _: domain.undefine(),
    'title': set_title,
    'look': look,
}

NETWORK_ACTS = {
    'netStart': lambda network, _: network.create(),
    'netDestroy': lambda network, _: network.destroy(),
    'netUndefine': lambda network, _: network.undefine(),
    'netLeases': lambda network, _: network.DHCPLeases(),
    'netLook': look_at_network,
}


def carry_out(link, order):
    connection, verb = link.get(), order['verb']
    if verb == 'define':
        return connection.defineXML(order['xml'])
    if verb == 'netDefine':
        return connection.networkDefineXML(order['xml'])
    if verb in NETWORK_ACTS:
        return NETWORK_ACTS[verb](connection.networkLookupByName(order['name']), order)
    return DOMAIN_ACTS[verb](connection.lookupByUUIDString(order['uuid']), order)


def is_lost(error):
    """Whether it is of the client's side of a connection, and no answer of the daemon."""
    if error.get_error_code() is None:
        return True
    codes = (libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_INTERNAL_ERROR)
    return error.get_error_domain() == libvirt.VIR_FROM_RPC and error.get_error_code() in codes


def failure(error):
    if isinstance(error, Unreached):
        return {'code': 'UNREACHED', 'message': str(error)}
    if not isinstance(error, libvirt.libvirtError):
        return {'code': 0, 'message': repr(error)}
    code = 'DISCONNECTED' if is_lost(error) else error.get_error_code()
    return {'code': code, 'message': f'{error} (domain {error.get_error_domain()})'}


def answer(link, order, report):
    try:
        value = carry_out(link, order)
        report({'id': order['id'], **({'value': value} if isinstance(value, str) else {})})
    except Exception as error:  # every order has an answer
        report({'id': order['id'], 'error': failure(error)})


def main():
    libvirt.registerErrorHandler(lambda *_: None, None)
    printing = threading.Lock()

    def report(what):
        with printing:
            print(json.dumps(what), flush=True)

    link = Link()
    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
        report({'id': 0})
        for line in sys.stdin:
            order = json.loads(line)
            if order['verb'] == 'end':
                break
            pool.submit(answer, link, order, report)
    link.close()
    os._exit(0)


main()
