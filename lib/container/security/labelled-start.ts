/** A start with a security label, in the terms of both models: what is to start, and what its label requires. */
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement } from '../../hardening';
import type { SecurityDriver } from '../../host/security/driver';
import type { StatePaths } from '../../host/state/state-paths';
import type { SecurityFacts } from '../../plan/security/labels';
import type { Undo } from '../record/undo';
import type { AskedLabel, AssignedSecurity } from './assigned';
import type { RelabelledSource } from './relabel/relabel';

export interface Labelling {
  readonly security: AssignedSecurity;
  readonly facts: SecurityFacts;
  /** What is to be labelled on the host. */
  readonly sources: readonly RelabelledSource[];
  /** Whether the host's system directories are labelled, too. */
  readonly force?: boolean;
  /** The AppArmor profile to load. */
  readonly profile?: Readonly<{ name: string; text: string }>;
  /** In the order in which things are taken. */
  readonly undo: readonly Undo[];
}

/** What is to start. */
export interface LabelledDomain {
  readonly paths: StatePaths;
  readonly definition: DomainDefinition;
  /** That of the connection. */
  readonly hardening: Confinement;
}

/** A domain that asks for a label, on a host that has them. */
export interface LabelledStart extends LabelledDomain {
  readonly asked: AskedLabel;
  readonly host: SecurityDriver;
}
