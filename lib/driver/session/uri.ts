/** Which connection URIs there are: only this host's own containers. Pure. */
import { TslxcError } from '../../errors';

/** The only connection URI, as libvirt writes it. */
export const canonicalUri = 'lxc:///';

const forms = `'${canonicalUri}' or 'lxc:///system'`;

/**
 * The canonical form of a connection URI.
 *
 * @throws TslxcError NO_CONNECT for another driver or another host; INVALID_ARG for a malformed URI, and
 * for a path, query, fragment or port that means nothing here.
 */
export function resolveUri(uri: string): string {
  const { scheme, authority, path, rest } = splitUri(uri);
  if (scheme !== 'lxc') {
    throw new TslxcError('NO_CONNECT', `no connection driver available for '${uri}', try ${forms}`);
  }
  if (authority !== '') {
    const detail = `'${uri}' names another host, and only this one is served, try ${forms}`;
    throw new TslxcError('NO_CONNECT', detail);
  }
  if (path !== '/' && path !== '/system') {
    throw new TslxcError('INVALID_ARG', `unexpected LXC URI path '${path}', try ${forms}`);
  }
  if (rest !== '') {
    throw new TslxcError('INVALID_ARG', `unexpected '${rest}' in LXC URI '${uri}', try ${forms}`);
  }
  return canonicalUri;
}

interface UriParts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  /** Query and fragment. */
  readonly rest: string;
}

/** RFC 3986, section 3. The class URL would normalize forms that have to be refused. */
function splitUri(uri: string): UriParts {
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)([^]*)$/i.exec(uri);
  if (match === null) throw new TslxcError('INVALID_ARG', `'${uri}' is not a URI, try ${forms}`);
  const [, scheme = '', authority = '', path = '', rest = ''] = match;
  return { scheme: scheme.toLowerCase(), authority, path, rest };
}
