/** The names of the levels, in definitions, for connections, and in the host's settings. Pure. */

/**
 * The level of a domain. `compat`: as open as a container of libvirt. `hardened`: the default. `isolated`: as `hardened`, and a
 * domain with a root of its own has ids of its own, which makes it a security boundary.
 */
export type Hardening = 'compat' | 'hardened' | 'isolated';

/** How a container is confined, apart from its ids: what its level comes down to. */
export type Confinement = Exclude<Hardening, 'isolated'>;

/** From the least to the most restrictive. */
export const hardeningLevels = [
  'compat',
  'hardened',
  'isolated',
] as const satisfies readonly Hardening[];
