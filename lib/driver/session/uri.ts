/** Which connection URIs there are: only this host's own containers. Pure. */
import type { Hardening } from '../../hardening';
import { hardeningLevels } from '../../hardening';
import { TslxcError } from '../../errors';

/** The only connection URI, as libvirt writes it. */
export const canonicalUri = 'lxc:///';

const forms = `'${canonicalUri}' or 'lxc:///system'`;

/** What a connection URI says. */
export interface ConnectionUri {
  /** The canonical form. */
  readonly uri: string;
  /** The level of domains that set none: the parameter `hardening`. */
  readonly hardening?: Hardening;
}

/**
 * Reads a connection URI.
 *
 * @throws TslxcError NO_CONNECT for another driver or another host; INVALID_ARG for a malformed URI, and
 * for a path, query, fragment or port that means nothing here.
 */
export function resolveUri(uri: string): ConnectionUri {
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
  if (rest === '') return { uri: canonicalUri };
  const hardening = hardeningIn(rest);
  if (hardening !== undefined) return { uri: canonicalUri, hardening };
  const known = hardeningLevels.map((level) => `'?hardening=${level}'`).join(', ');
  const detail = `unexpected '${rest}' in LXC URI '${uri}', try ${forms}, to which ${known} may be added`;
  throw new TslxcError('INVALID_ARG', detail);
}

/** The level that the query of a URI names; undefined if that is not all that it says. */
export function hardeningIn(query: string): Hardening | undefined {
  return hardeningLevels.find((level) => query === `?hardening=${level}`);
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
