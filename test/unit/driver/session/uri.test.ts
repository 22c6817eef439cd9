/** lib/driver/session/uri.ts: which connection URIs there are. */
import { resolveUri } from '../../../../lib/driver/session/uri';
import { containing, errorOf } from '../refusal';

test.each(['lxc:///', 'lxc:///system', 'LXC:///', 'lxc:/', 'lxc:/system'])(
  '%s is the connection to this host',
  (uri) => {
    expect(resolveUri(uri)).toEqual({ uri: 'lxc:///' });
  },
);

test.each(['compat', 'hardened', 'isolated'])('the level %s can be named', (hardening) => {
  for (const uri of ['lxc:///', 'lxc:///system']) {
    expect(resolveUri(`${uri}?hardening=${hardening}`)).toEqual({ uri: 'lxc:///', hardening });
  }
});

test.each([
  ['qemu:///system', 'NO_CONNECT', "no connection driver available for 'qemu:///system'"],
  ['xen:', 'NO_CONNECT', 'no connection driver available'],
  ['lxc+ssh://host/', 'NO_CONNECT', 'no connection driver available'],
  ['lxc://host/', 'NO_CONNECT', 'names another host'],
  ['lxc://root@/', 'NO_CONNECT', 'names another host'],
  ['lxc:///session', 'INVALID_ARG', "unexpected LXC URI path '/session'"],
  ['lxc:///system/', 'INVALID_ARG', "unexpected LXC URI path '/system/'"],
  ['lxc://', 'INVALID_ARG', "unexpected LXC URI path ''"],
  ['lxc:', 'INVALID_ARG', "unexpected LXC URI path ''"],
  ['lxc:///?mode=x', 'INVALID_ARG', "unexpected '?mode=x'"],
  ['lxc:///?hardening=none', 'INVALID_ARG', "'?hardening=isolated' may be added"],
  ['lxc:///?hardening=compat&hardening=isolated', 'INVALID_ARG', 'unexpected'],
  ['lxc:///#', 'INVALID_ARG', "unexpected '#'"],
  ['', 'INVALID_ARG', "'' is not a URI"],
  ['/lxc', 'INVALID_ARG', "'/lxc' is not a URI"],
])('%j is refused with %s', async (uri, code, message) => {
  expect(await errorOf(() => resolveUri(uri))).toMatchObject({
    code,
    message: containing(message),
  });
});
