/**
 * The SELinux labels of one start: of init, and of the files that the container may change. A dynamic label has
 * categories of its own; a static one is used as written, byte for byte. User and role come from the policy.
 */
import { TslxcError } from '../../../errors';
import { parseContext, withRange } from '../../../host/security/context';
import type { SelinuxHost } from '../../../host/security/driver';
import { processLabels } from '../../../host/security/process-labels';
import { canonicalContext, hostSelinuxfs } from '../../../host/security/selinuxfs';
import type { Selinuxfs } from '../../../host/security/selinuxfs';
import { claimRange, releaseRange, reserveLabel } from './categories';
import type { Owner } from './category-folder';
import { boundsOf, formatRange } from './draw';
import { labelError } from '../assigned';
import type { AskedLabel, AssignedSecurity } from '../assigned';

export interface SelinuxLabels extends AssignedSecurity {
  readonly model: 'selinux';
  /** For what the container may change. Without `relabel`, only what is made for the container gets it. */
  readonly imageLabel: string;
  /** For what is shown to it read-only: without categories, since other containers may be shown the same. */
  readonly readonlyImageLabel: string;
}

export interface LabelRequest {
  readonly asked: AskedLabel;
  readonly host: Pick<SelinuxHost, 'contexts'>;
  /** Context of this process. */
  readonly caller: string;
  readonly selinuxfs?: Selinuxfs;
}

export interface LabelAssignment extends LabelRequest {
  readonly owner: Owner;
  readonly labelsInUse?: () => Iterable<string>;
  /** Where categories are claimed. Default: the host's folder. */
  readonly folder?: string;
}

/**
 * Claims categories for the domain, whose lock the caller holds, and composes its labels. `releaseRange` gives them
 * back.
 *
 * @throws DefinitionError XML_ERROR for a label that the policy does not have, TslxcError as `claimRange` and
 * `reserveLabel`; nothing is claimed then.
 */
export async function assignLabels(assignment: LabelAssignment): Promise<SelinuxLabels> {
  const { asked, caller, owner, labelsInUse = processLabels, folder } = assignment;
  checkLabel(assignment);
  const where = folder === undefined ? {} : { folder };
  if (asked.type === 'static') {
    await reserveLabel({ owner, label: asked.label ?? '', ...where });
    return accept(assignment, composeLabels(assignment));
  }
  const range = await claimRange({ owner, caller, labelsInUse, ...where });
  try {
    return accept(assignment, composeLabels(assignment, range));
  } catch (error) {
    await releaseRange(owner, folder);
    throw error;
  }
}

/** The labels for the preview of a start: its categories are not drawn yet. Claims nothing. */
export function previewLabels(request: LabelRequest): SelinuxLabels {
  checkLabel(request);
  if (request.asked.type === 'static') return accept(request, composeLabels(request));
  const { sensitivity } = boundsOf(request.caller);
  const labels = composeLabels(request, `${sensitivity}:c?,c?`);
  return { ...labels, accepted: [labels.label] };
}

/**
 * Checks that the policy has what is asked for, with some two categories where they are not known yet.
 *
 * @throws DefinitionError XML_ERROR, with libvirt's words; TslxcError INTERNAL_ERROR for a policy that contradicts
 * itself, or a caller that has too few categories.
 */
function checkLabel(request: LabelRequest): void {
  accept(request, composeLabels(request, someRange(request)));
}

function someRange({ asked, caller }: LabelRequest): string | undefined {
  if (asked.type === 'static') return undefined;
  const bounds = boundsOf(caller);
  const [first = 0, second = 0] = bounds.categories;
  return formatRange(bounds, [first, second]);
}

type ComposedLabels = Omit<SelinuxLabels, 'accepted'>;

/**
 * Pure. With `range`, if given, in place of the label's own. @throws DefinitionError XML_ERROR for a label that is not
 * a context.
 */
function composeLabels({ asked, host }: LabelRequest, range?: string): ComposedLabels {
  const { process, file, readonlyFile } = host.contexts;
  const written = writtenLabel(asked) ?? process;
  const own = rangeOf(written, asked);
  const used = range ?? own;
  return {
    type: asked.type,
    model: 'selinux',
    label: range === undefined ? written : withRange(written, range),
    imageLabel: used === undefined ? file : withRange(file, used),
    readonlyImageLabel: readonlyFile,
    relabel: asked.relabel,
  };
}

function writtenLabel({ type, label, baseLabel }: AskedLabel): string | undefined {
  // A static one without a label is refused by the parser; '' is not a context.
  return type === 'static' ? (label ?? '') : baseLabel;
}

function rangeOf(written: string, asked: AskedLabel): string | undefined {
  try {
    return parseContext(written).range;
  } catch {
    throw invalidLabel(asked, written);
  }
}

/** The labels, with the forms that the kernel gives them. */
function accept(
  { asked, selinuxfs = hostSelinuxfs }: LabelRequest,
  labels: ComposedLabels,
): SelinuxLabels {
  const { label, imageLabel } = labels;
  const canonical = canonicalContext(label, selinuxfs);
  if (canonical === undefined) throw invalidLabel(asked, label);
  // In the form in which it is read back from a file, so that it can be compared.
  const ofFiles = canonicalContext(imageLabel, selinuxfs);
  if (ofFiles === undefined) throw lacking(imageLabel);
  return { ...labels, imageLabel: ofFiles, accepted: [...new Set([label, canonical])] };
}

/** The error for an invalid label. If that is the host's own default, it is the policy's fault. */
function invalidLabel(asked: AskedLabel, composed: string): TslxcError {
  const written = writtenLabel(asked);
  if (written === undefined) return lacking(composed);
  const detail = `Invalid security label ${written}`;
  return labelError({ code: 'XML_ERROR', detail, position: asked.position });
}

function lacking(context: string): TslxcError {
  const detail = `SELinux's policy has no context ${context}, which its lxc_contexts asks for`;
  return new TslxcError('INTERNAL_ERROR', detail);
}
