/** What a definition has of security labels: `<seclabel>` of the domain, and of single sources. */
import type { Position } from '../xml/element';

/** `<seclabel>` of the domain, at most one a model. */
export interface SecurityLabel {
  /** `dynamic`: the driver makes the label. `static`: it is given. `none`: there is none. */
  readonly type: 'dynamic' | 'static' | 'none';
  /** Default: that of the host. */
  readonly model?: string;
  /** Whether what the container uses on the host is labelled for it. */
  readonly relabel: boolean;
  /** Of type static, and always there: to the letter. */
  readonly label?: string;
  /** Of type dynamic: what the label is made from, in the place of the policy's. */
  readonly baseLabel?: string;
  readonly position: Position;
}

/** `<seclabel>` below a `<source>`: another label for this one source, or none. */
export interface SourceLabel {
  /** Default: that of the host. */
  readonly model?: string;
  readonly relabel: boolean;
  /** In the place of the domain's; only with `relabel`. */
  readonly label?: string;
  readonly position: Position;
}

/** What a running container is labelled with. */
export interface LiveSecurity {
  readonly model: string;
  readonly label: string;
  /** Of what it uses on the host. */
  readonly imageLabel?: string;
}
