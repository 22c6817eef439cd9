/** Starts and ends domains, and tells their state. */
import type { Domain } from '../../../driver/domain';
import type { PowerMode } from '../../../driver/lifecycle/power-types';
import { stateNumbers } from '../../../driver/statistics/named';
import type { StartOptions } from '../../../driver/types';
import { TslxcError } from '../../../errors';
import type { domainProcedures } from '../../protocol/domain';
import type { WireDomain } from '../../protocol/values';
import { done } from '../base/call';
import type { Call, Handlers } from '../base/call';
import { checkFlags, hasFlag } from '../base/flags';
import { wireDomain, withDomain } from '../base/identities';
import { uuidText } from '../base/uuid';

type Names =
  | 'DomainCreate'
  | 'DomainCreateWithFlags'
  | 'DomainCreateXML'
  | 'DomainCreateWithFiles'
  | 'DomainCreateXMLWithFiles'
  | 'DomainDestroy'
  | 'DomainDestroyFlags'
  | 'DomainShutdown'
  | 'DomainShutdownFlags'
  | 'DomainReboot'
  | 'DomainSuspend'
  | 'DomainResume'
  | 'DomainSendProcessSignal'
  | 'DomainGetState'
  | 'DomainGetInfo'
  | 'DomainIsActive'
  | 'DomainIsPersistent'
  | 'DomainIsUpdated'
  | 'DomainHasManagedSaveImage';

const startFlags = { autodestroy: 2, validate: 16 } as const;
const powerFlags = { initctl: 4, signal: 8 } as const;
const initPid = 1n;

/** libvirt's VIR_DOMAIN_SIGNAL_LAST. */
const signalsEnd = 65;

export const lifeHandlers: Handlers<Pick<typeof domainProcedures, Names>> = {
  DomainCreate: async (call, { domain }) => {
    await start(call, domain, 0);
    return done;
  },
  DomainCreateWithFlags: startWithFlags,
  DomainCreateWithFiles: startWithFlags,
  DomainCreateXML: create,
  DomainCreateXMLWithFiles: create,
  DomainDestroy: (call, { domain }) => does(call, domain, (one) => one.destroy()),
  DomainDestroyFlags: (call, { domain, flags }) => {
    checkFlags(flags, 0, 'lxcDomainDestroyFlags');
    return does(call, domain, (one) => one.destroy());
  },
  DomainShutdown: (call, { domain }) => does(call, domain, (one) => one.shutdown()),
  DomainShutdownFlags: (call, { domain, flags }) =>
    does(call, domain, (one) => one.shutdown(modeOf(flags, 'lxcDomainShutdownFlags'))),
  DomainReboot: (call, { domain, flags }) =>
    does(call, domain, (one) => one.reboot(modeOf(flags, 'lxcDomainReboot'))),
  DomainSuspend: (call, { domain }) => does(call, domain, (one) => one.suspend()),
  DomainResume: (call, { domain }) => does(call, domain, (one) => one.resume()),
  DomainSendProcessSignal: (call, { domain, pid, signal, flags }) => {
    checkFlags(flags, 0, 'lxcDomainSendProcessSignal');
    // As in libvirt, before the process is looked at.
    if (signal >= signalsEnd) {
      throw new TslxcError('INVALID_ARG', `signum value ${signal} is out of range`);
    }
    if (pid !== initPid) {
      throw new TslxcError('ARGUMENT_UNSUPPORTED', 'Only the init process may be killed');
    }
    return does(call, domain, (one) => one.sendSignal(signal));
  },
  DomainGetState: (call, { domain, flags }) => {
    checkFlags(flags, 0, 'lxcDomainGetState');
    return withDomain(call, domain, async (one) => stateNumbers(await one.state()));
  },
  DomainGetInfo: (call, { domain }) =>
    withDomain(call, domain, async (one) => {
      const info = await one.info();
      return {
        state: stateNumbers(info.state).state,
        maxMemory: BigInt(info.maxMemory),
        memory: BigInt(info.usedMemory),
        cpus: info.vcpus,
        cpuTime: info.cpuTime ?? 0n,
      };
    }),
  DomainIsActive: (call, { domain }) =>
    withDomain(call, domain, async (one) => {
      const { state } = await one.state();
      return { active: Number(state === 'running' || state === 'paused') };
    }),
  DomainIsPersistent: (call, { domain }) =>
    withDomain(call, domain, async (one) => {
      await one.state();
      return { persistent: Number(one.isPersistent()) };
    }),
  // Whether what is stored differs from what runs: libvirt's driver never says so.
  DomainIsUpdated: (call, { domain }) =>
    withDomain(call, domain, async (one) => {
      await one.state();
      return { updated: 0 };
    }),
  DomainHasManagedSaveImage: (call, { domain, flags }) => {
    checkFlags(flags, 0, 'lxcDomainHasManagedSaveImage');
    return withDomain(call, domain, async (one) => {
      await one.state();
      return { result: 0 };
    });
  },
};

/** Runs an action for a procedure that returns nothing. */
export async function does(
  call: Call,
  named: WireDomain,
  action: (domain: Domain) => Promise<unknown>,
): Promise<typeof done> {
  await withDomain(call, named, action);
  return done;
}

function isBonded(flags: number): boolean {
  return hasFlag(flags, startFlags.autodestroy);
}

/** A container outlives the daemon, unless the client has asked for autodestroy. */
function startOptions({ descriptors: passDescriptors }: Call, flags: number): StartOptions {
  return isBonded(flags)
    ? { passDescriptors, autodestroy: true }
    : { passDescriptors, ownership: 'leave' };
}

/** Serves calls with and without descriptors: init gets those that came with the call. */
async function startWithFlags(
  call: Call,
  { domain, flags }: { readonly domain: WireDomain; readonly flags: number },
): Promise<{ domain: WireDomain }> {
  checkFlags(flags, startFlags.autodestroy, 'lxcDomainCreateWithFiles');
  return { domain: await start(call, domain, flags) };
}

async function create(
  call: Call,
  { xml, flags }: { readonly xml: string; readonly flags: number },
): Promise<{ domain: WireDomain }> {
  checkFlags(flags, startFlags.autodestroy | startFlags.validate, 'lxcDomainCreateXMLWithFiles');
  const validate = hasFlag(flags, startFlags.validate) ? { validate: true } : {};
  const { client } = call;
  const connection = isBonded(flags) ? await client.ownConnection() : client.connection();
  const options = { ...startOptions(call, flags), ...validate };
  return { domain: wireDomain(await connection.createDomain(xml, options)) };
}

async function start(call: Call, named: WireDomain, flags: number): Promise<WireDomain> {
  if (isBonded(flags)) {
    const own = await call.client.ownConnection();
    const bonded = await own.lookupDomainByUuid(uuidText(named.uuid));
    await bonded.start(startOptions(call, flags));
    return wireDomain(bonded);
  }
  return withDomain(call, named, async (domain) => {
    await domain.start(startOptions(call, flags));
    return wireDomain(domain);
  });
}

/** How init is asked to end or to reboot: without a mode from the client, in the way that this init understands. */
function modeOf(flags: number, driverFunction: string): { readonly mode?: readonly PowerMode[] } {
  checkFlags(flags, powerFlags.initctl | powerFlags.signal, driverFunction);
  const mode = (['initctl', 'signal'] as const).filter((one) => hasFlag(flags, powerFlags[one]));
  return mode.length === 0 ? {} : { mode };
}
