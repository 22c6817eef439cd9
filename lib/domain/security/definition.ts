/** The security labels of a definition: `<seclabel>` of the domain, and of single sources. */
import type { Position } from '../xml/element';

/** `<seclabel>` of the domain, at most one for each model. */
export interface SecurityLabel {
  /** `dynamic`: the driver generates the label. `static`: the definition contains it. `none`: there is no label. */
  readonly type: 'dynamic' | 'static' | 'none';
  /** Default: the host's model. */
  readonly model?: string;
  /** Whether the files and devices of the host that the container uses are labelled for it. */
  readonly relabel: boolean;
  /** Set for type static only: the label, unchanged. */
  readonly label?: string;
  /** For type dynamic: the base of the generated label, instead of the policy's default. */
  readonly baseLabel?: string;
  readonly position: Position;
}

/** `<seclabel>` below a `<source>`: another label for this source, or none. */
export interface SourceLabel {
  /** Default: the host's model. */
  readonly model?: string;
  readonly relabel: boolean;
  /** The label instead of the domain's; only with `relabel`. */
  readonly label?: string;
  readonly position: Position;
}

/** The labels of a running container. */
export interface LiveSecurity {
  readonly model: string;
  readonly label: string;
  /** The label of the files and devices of the host that the container uses. */
  readonly imageLabel?: string;
}
