/** `<virtualport>` of an interface: its port of an Open vSwitch bridge. */
import { present } from '../../../present';
import type { VirtualPort } from '../definition';
import { attributeLocation, definitionError, type SourceLocation } from '../../xml/source-location';
import { node, type PrintableElement } from '../../xml/print';
import { childOf, readElement, type LocatedElement, type ReadingSession } from '../../xml/reading';
import type { UnsupportedElement } from '../../xml/unsupported';
import { refused, vocabulary } from '../../xml/vocabulary';

const otherSwitch = refused('the port of the switch would not be set up');

export const virtualPortVocabulary = vocabulary({
  attributes: {
    type: {
      values: {
        openvswitch: 'supported',
        '802.1Qbg': otherSwitch,
        '802.1Qbh': otherSwitch,
        midonet: otherSwitch,
      },
    },
  },
  children: { parameters: 'one' },
});

/** `<virtualport>` without a type, which would be that of the network. */
export const unnamedSwitch = refused('the kind of switch that it is a port of is not given');

const ofOtherSwitch = refused('it is a parameter of another kind of switch');

export const portParametersVocabulary = vocabulary({
  attributes: {
    interfaceid: 'supported',
    profileid: 'supported',
    managerid: ofOtherSwitch,
    typeid: ofOtherSwitch,
    typeidversion: ofOtherSwitch,
    instanceid: ofOtherSwitch,
  },
});

/** libvirt's LIBVIRT_VPORT_PROFILE_OPENVSWITCH has room for 39 bytes. */
const maxProfile = 39;

/** Undefined for a port that is refused, which is noted in the session. @throws DefinitionError XML_ERROR. */
export function parseVirtualPort(
  at: LocatedElement,
  session: ReadingSession,
): VirtualPort | undefined {
  const reading = readElement(at, virtualPortVocabulary, session);
  const type = reading.attributes.get('type');
  if (type !== undefined && !virtualPortTypes.includes(type)) {
    const detail = `unknown virtualport type '${type}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'type'));
  }
  if (type !== undefined && type !== 'openvswitch') return undefined;
  const parametersAt = childOf(reading, 'parameters');
  const parameters = parametersAt && parseParameters(parametersAt, type, session);
  return { ...(type === undefined ? {} : { type }), ...parameters, position: at.position };
}

/** libvirt gives a port without a type the ids of all kinds of switches, so `instanceid` is then accepted, and has no effect. */
function parseParameters(
  at: LocatedElement,
  type: VirtualPort['type'],
  session: ReadingSession,
): Omit<VirtualPort, 'type' | 'position'> {
  const own = { ...session, unsupported: [] as UnsupportedElement[] };
  const { attributes, keptAttributes } = readElement(at, portParametersVocabulary, own);
  const instanceAt = attributeLocation(at, 'instanceid');
  const isOther = ({ path }: UnsupportedElement) => type !== undefined || path !== instanceAt.path;
  session.unsupported.push(...own.unsupported.filter(isOther));
  const given = type === undefined ? keptAttributes : [];
  const instance = given.find(({ name }) => name === 'instanceid')?.value;
  const profile = attributes.get('profileid');
  if (profile !== undefined && Buffer.byteLength(profile) > maxProfile) {
    const detail = 'profileid parameter too long';
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'profileid'));
  }
  return present({
    interfaceId: uuidOf(attributes.get('interfaceid'), attributeLocation(at, 'interfaceid')),
    instanceId: uuidOf(instance, instanceAt),
    profileId: profile === '' ? undefined : profile,
  });
}

/** @throws DefinitionError XML_ERROR, with libvirt's message. */
function uuidOf(text: string | undefined, location: SourceLocation): string | undefined {
  const uuid = text?.trim().toLowerCase();
  if (uuid === undefined || isUuid(uuid)) return uuid;
  const name = location.path.slice(location.path.lastIndexOf('@') + 1);
  throw definitionError('XML_ERROR', `cannot parse ${name} parameter as a uuid`, location);
}

/**
 * Merges the settings of an interface, its port group and its network, of which the earlier ones take precedence. Undefined if
 * there are none.
 */
export function mergedPort(
  ...ports: readonly (VirtualPort | undefined)[]
): VirtualPort | undefined {
  const [first, ...others] = ports.filter((port) => port !== undefined);
  if (first === undefined) return undefined;
  return others.reduce((merged, port) => ({ ...port, ...merged }), first);
}

export function formatVirtualPort(port: VirtualPort): PrintableElement {
  const { type, instanceId, interfaceId, profileId } = port;
  const parameters = node('parameters', {
    instanceid: instanceId,
    interfaceid: interfaceId,
    profileid: profileId,
  });
  return node('virtualport', { type }, parameters.attributes.length === 0 ? [] : [parameters]);
}

const virtualPortTypes = ['openvswitch', '802.1Qbg', '802.1Qbh', 'midonet'];

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
