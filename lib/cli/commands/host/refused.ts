/**
 * Verbs of virsh that libvirt's driver for containers refuses, refused in the same words: scripts that ask for them hear
 * what they know. They are not in the overview.
 */
import { TslxcError } from '../../../errors';
import { CommandError } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import type { Option, Options } from '../../shell/arguments';
import type { Command, CommandTable, Context } from '../../shell/command';

/**
 * The entry point of libvirt that its driver does not have; virsh's first line, where it has one (`%` is the domain, `%1`
 * the first word after it); the words that follow the domain.
 */
type Refusal = readonly [call: string, first: string | undefined, ...words: string[]];

const refusals: Readonly<Record<string, Refusal>> = {
  blkdeviotune: [
    'virDomainGetBlockIoTune',
    'Unable to get block I/O throttle parameters',
    'device',
  ],
  blockresize: ['virDomainBlockResize', "Failed to resize block device '%1'", 'path', 'size'],
  domblkerror: ['virDomainGetDiskErrors', undefined],
  domblkinfo: ['virDomainGetBlockInfo', undefined, 'device'],
  domcontrol: ['virDomainGetControlInfo', undefined],
  domfsfreeze: ['virDomainFSFreeze', 'Unable to freeze filesystems'],
  domfsinfo: ['virDomainGetFSInfo', 'Unable to get filesystem information'],
  domfsthaw: ['virDomainFSThaw', 'Unable to thaw filesystems'],
  domfstrim: ['virDomainFSTrim', 'Unable to invoke fstrim'],
  domjobabort: ['virDomainAbortJob', undefined],
  domjobinfo: ['virDomainGetJobInfo', undefined],
  dompmsuspend: ['virDomainPMSuspendForDuration', "Domain '%' could not be suspended", 'target'],
  dompmwakeup: ['virDomainPMWakeup', "Domain '%' could not be woken up"],
  domtime: ['virDomainGetTime', undefined],
  dump: ['virDomainCoreDump', "Failed to core dump domain '%' to %1", 'file'],
  'inject-nmi': ['virDomainInjectNMI', undefined],
  managedsave: ['virDomainManagedSave', "Failed to save domain '%' state"],
  'managedsave-remove': [
    'virDomainManagedSaveRemove',
    "Failed to remove managed save image for domain '%'",
  ],
  migrate: ['virDomainMigrate3', undefined, 'desturi'],
  'migrate-getspeed': ['virDomainMigrateGetMaxSpeed', undefined],
  'migrate-setmaxdowntime': ['virDomainMigrateSetMaxDowntime', undefined, 'downtime'],
  'migrate-setspeed': ['virDomainMigrateSetMaxSpeed', undefined, 'bandwidth'],
  reset: ['virDomainReset', "Failed to reset domain '%'"],
  save: ['virDomainSave', "Failed to save domain '%' to %1", 'file'],
  screenshot: ['virDomainScreenshot', 'could not take a screenshot of %'],
  'send-key': ['virDomainSendKey', undefined, 'keycode'],
  'set-lifecycle-action': [
    'virDomainSetLifecycleAction',
    'Unable to change lifecycle action.',
    'type',
    'action',
  ],
  'snapshot-create': ['virDomainSnapshotCreateXML', undefined],
  'snapshot-create-as': ['virDomainSnapshotCreateXML', undefined],
  'snapshot-current': ['virDomainHasCurrentSnapshot', undefined],
  'snapshot-delete': ['virDomainSnapshotLookupByName', undefined, 'snapshotname'],
  'snapshot-list': ['virDomainSnapshotNum', undefined],
  'snapshot-revert': ['virDomainSnapshotLookupByName', undefined, 'snapshotname'],
  vcpuinfo: ['virDomainGetVcpus', undefined],
};

function refused(verb: string, [call, first, ...words]: Refusal): Command {
  const others = words.map((name): Option => ({
    name,
    kind: 'string',
    help: 'what virsh has here',
    positional: 'required',
  }));
  return {
    group: 'domain',
    summary: "refused, as by libvirt's driver for containers",
    description: 'Refused, as by libvirt: there is no such thing for containers.',
    options: [domainOption, ...others],
    example: ['tslxc', verb, 'helloworld', ...words.map((word) => word.toUpperCase())].join(' '),
    visibility: 'unlisted',
    async run(context: Context, options: Options): Promise<undefined> {
      const domain = await findDomain(await context.connect(), options.required('domain'));
      const cause = new TslxcError('NO_SUPPORT', call, { domain: domain.name });
      if (first === undefined) throw cause;
      const [word = ''] = words.map((name) => options.required(name));
      const text = first.replace('%1', () => word).replace('%', () => domain.name);
      throw new CommandError(text, { cause });
    },
  };
}

export const commands: CommandTable = Object.fromEntries(
  Object.entries(refusals).map(([verb, refusal]) => [verb, refused(verb, refusal)]),
);

/** The verbs of this table. */
export const refusedVerbs: readonly string[] = Object.keys(refusals);
