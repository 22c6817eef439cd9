/** How skopeo is asked for something of a source. */
import { existsSync } from 'node:fs';
import type { ImageSource } from '../reference';

export interface LookUp {
  readonly source: ImageSource;
  readonly tls: 'verify' | 'trust';
  readonly signal: AbortSignal | undefined;
  readonly temporary: string;
}

/** skopeo refuses everything if no policy says which images may be copied. If there is a policy, it is respected. */
export function policyWords(): string[] {
  const home = process.env['HOME'] ?? '/root';
  const places = ['/etc/containers/policy.json', `${home}/.config/containers/policy.json`];
  return places.some((path) => existsSync(path)) ? [] : ['--insecure-policy'];
}

export function tlsWords(
  verb: 'inspect' | 'list-tags' | 'copy',
  { transport }: ImageSource,
  tls: 'verify' | 'trust',
): string[] {
  if (transport !== 'docker' || tls === 'verify') return [];
  return [verb === 'copy' ? '--src-tls-verify=false' : '--tls-verify=false'];
}
