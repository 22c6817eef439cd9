/** The input of a start, and the callbacks by which it informs the caller. */
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import type { HostRange } from '../../host/kernel/id-ranges';
import type { StatePaths } from '../../host/state/state-paths';
import type { Port } from '../../plan/network/links';
import type { Recording } from '../record/recording';
import type { LinkRecord, StartRecord } from '../record/run-state';
import type { LabelProgress } from '../security/relabel/label-walk';
import type { Lookers } from '../looks/looks';
import type { Rollback } from './rollback';

export interface ContainerStart {
  /** Where the start puts what it has to give back. When it fails, it gives back its own part. */
  readonly rollback: Rollback;
  readonly paths: StatePaths;
  /** With what its level adds: see `atLevel`. */
  readonly definition: DomainDefinition;
  /** The host ids that other definitions of this root use; called when new ones are allocated. */
  readonly definedIds?: () => Promise<readonly HostRange[]>;
  /** Canonical text of the definition. */
  readonly xml: string;
  /** That of domains which set no level; the definition's own has precedence. */
  readonly hardening: Confinement;
  readonly persistence: 'persistent' | 'transient';
  /** Number of restarts in a row that have led to this start. */
  readonly restarts: number;
  /** Milliseconds. */
  readonly startTimeout: number;
  /** For look-ups of what the definition names. */
  readonly lookers: Lookers;
  readonly passDescriptors: readonly number[];
  /** Whether the first three of them are the standard streams of init, in place of its console. */
  readonly standardStreams?: boolean;
  readonly consoleDescriptor?: number | undefined;
  /** Where each `<interface>` is plugged in, in their order. Default: there is none. */
  readonly ports?: readonly Port[];
  /** Default: `atOnce`. */
  readonly recording?: Recording;
  /** Runs when the interfaces are there, before anything of the container has run: for what needs their names on the host. */
  readonly whenLinked?: ((links: readonly LinkRecord[]) => Promise<void>) | undefined;
  /** Called once no process of a start that has finally failed is left, before what the start has taken is given back. */
  readonly onDead?: ((record: StartRecord) => Promise<void>) | undefined;
  /** Until `RunningContainer.confirm` is called, the container ends with this process. */
  readonly isProvisional?: boolean;
  readonly ownership: 'keep' | 'leave';
  /** Called for each step as it is done. */
  readonly trace?: (step: string, fields?: object) => void;
  readonly signal?: AbortSignal;
  /** Called with the progress of labelling a large tree. */
  readonly onProgress?: (progress: LabelProgress) => void;
  /**
   * With ownership `keep`: called when init has ended, and the monitor knows that this process cleans up. Not called
   * for a destroy.
   */
  readonly onExited?: () => void;
  /** With ownership `keep`: called when the container has been rebooted, which no other process has been told. */
  readonly onRebooted?: () => void;
  /** Whether the container ends with the connection that starts it, or with its process. */
  readonly autodestroy?: boolean;
}
