/** Whether a start labels the container, and by which `<seclabel>`: libvirt's rules for `type='lxc'`. Pure. */
import type { Position } from '../../domain/definition';
import type { TslxcError } from '../../errors';
import type { SecurityModel, SecuritySettings } from '../../host/security/settings';
import { labelError } from './label-error';

/** What a `<seclabel>` says. */
export interface WrittenLabel {
  readonly type: 'dynamic' | 'static' | 'none';
  readonly model?: string;
  readonly relabel: boolean;
  readonly label?: string;
  readonly baseLabel?: string;
  readonly position: Position;
}

/** The label that a container is to have. The host's own default has no position. */
export interface AskedLabel {
  readonly type: 'dynamic' | 'static';
  readonly relabel: boolean;
  readonly label?: string;
  readonly baseLabel?: string;
  readonly position?: Position;
}

export interface LabelChoice {
  readonly labels: readonly WrittenLabel[];
  /** Of this host. */
  readonly model: SecurityModel;
  readonly settings: Pick<SecuritySettings, 'defaultConfined' | 'requireConfined'>;
}

/**
 * Undefined for a container without a label.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for a model that this host has not, and where unlabelled ones are refused.
 */
export function effectiveLabel({ labels, model, settings }: LabelChoice): AskedLabel | undefined {
  for (const { model: named = model, position } of labels) {
    if (named !== model && named !== 'none') throw unavailable(named, position);
  }
  const written = labels.find(({ model: named = model }) => named === model);
  if (model === 'none') refuseStatic(written);
  const asked = model === 'none' ? undefined : confine(written, settings);
  if (asked === undefined && settings.requireConfined) {
    const detail = 'Unconfined guests are not allowed on this host';
    throw labelError({ code: 'CONFIG_UNSUPPORTED', detail, position: labels[0]?.position });
  }
  return asked;
}

function confine(
  written: WrittenLabel | undefined,
  { defaultConfined }: Pick<SecuritySettings, 'defaultConfined'>,
): AskedLabel | undefined {
  if (written === undefined)
    return defaultConfined ? { type: 'dynamic', relabel: true } : undefined;
  const { type } = written;
  return type === 'none' ? undefined : { ...written, type };
}

/** A dynamic label of no model is whatever the host has, which is nothing; a static one would be silently left out. */
function refuseStatic(written: WrittenLabel | undefined): void {
  if (written?.type !== 'static') return;
  throw labelError({
    code: 'CONFIG_UNSUPPORTED',
    detail: `no security driver of this host can give init the label ${written.label ?? ''}`,
    position: written.position,
  });
}

function unavailable(model: string, position: Position): TslxcError {
  const detail = `Security driver model '${model}' is not available`;
  return labelError({ code: 'CONFIG_UNSUPPORTED', detail, position });
}
