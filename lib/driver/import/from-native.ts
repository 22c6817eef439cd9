/** Converts a configuration of LXC to the definition of a domain. */
import type { DomainDefinition } from '../../domain/definition';
import { convertConfiguration } from '../../domain/lxc-configuration/convert';
import { lookupsOf } from '../../domain/lxc-configuration/lookups';
import { documentText, Report } from '../../domain/lxc-configuration/report';
import { checkStartable } from '../../domain/validate';
import { TslxcError } from '../../errors';
import type { Session } from '../session/session';
import { loadConfiguration } from './load-configuration';
import type { NativeConfiguration, NativeDomain } from './types';
import { filesOf, viewHost } from './view-host';

/** libvirt's name of LXC's format. */
const lxcTools = 'lxc-tools';

/** @throws as `Connection.domainXmlFromNative`. */
export async function domainXmlFromNative(
  session: Session,
  format: string,
  configuration: NativeConfiguration,
): Promise<NativeDomain> {
  if (format !== lxcTools) {
    throw new TslxcError('INVALID_ARG', `unsupported config type ${format}`);
  }
  const report = new Report();
  using looks = session.lookers.looks({ within: session.startTimeout });
  const loaded = await loadConfiguration(configuration, filesOf(looks), report);
  const host = await viewHost(session, lookupsOf(loaded), looks);
  const { name, autostart, domain } = convertConfiguration(loaded, host, report);
  const fault = faultOfStart(parsed(session, domain));
  const [file = ''] = loaded.files;
  if (fault !== undefined) report.warn({ file }, `a start refuses the domain: ${fault}`);
  const warnings = report.warnings(loaded.files);
  return { name, autostart, xml: documentText(domain, warnings), warnings };
}

/** Fails only for values of the configuration that can't be expressed as a definition. */
function parsed(session: Session, xml: string): DomainDefinition {
  try {
    return session.parse(xml).definition;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const detail = `it can't be expressed as a definition: ${why}`;
    throw new TslxcError('CONFIG_UNSUPPORTED', detail, { cause });
  }
}

function faultOfStart(definition: DomainDefinition): string | undefined {
  try {
    checkStartable(definition);
    return undefined;
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    return error.message;
  }
}
