/** `<virtualport>` of an interface: its port of a bridge of Open vSwitch. */
import type { VirtualPort } from '../definition';
import { attributeLocation, definitionError } from '../../xml/source-location';
import { node, type PrintableElement } from '../../xml/print';
import { childOf, readElement, type LocatedElement, type ReadingSession } from '../../xml/reading';
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
export const unnamedSwitch = refused('it is not said what kind of switch it is a port of');

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
  const { attributes } =
    parametersAt === undefined
      ? { attributes: new Map<string, string>() }
      : readElement(parametersAt, portParametersVocabulary, session);
  const [id, profile] = [attributes.get('interfaceid'), attributes.get('profileid')];
  const interfaceId = id?.trim().toLowerCase();
  if (interfaceId !== undefined && !isUuid(interfaceId)) {
    const detail = 'cannot parse interfaceid parameter as a uuid';
    throw definitionError(
      'XML_ERROR',
      detail,
      attributeLocation(parametersAt ?? at, 'interfaceid'),
    );
  }
  if (profile !== undefined && Buffer.byteLength(profile) > maxProfile) {
    const detail = 'profileid parameter too long';
    throw definitionError('XML_ERROR', detail, attributeLocation(parametersAt ?? at, 'profileid'));
  }
  return {
    ...(type === undefined ? {} : { type }),
    ...(interfaceId === undefined ? {} : { interfaceId }),
    ...(profile === undefined || profile === '' ? {} : { profileId: profile }),
    position: at.position,
  };
}

/**
 * What several of them come to: the interface's own, its port group's, its network's. What the first says comes before what the
 * others do. Undefined when there is none.
 */
export function mergedPort(
  ...ports: readonly (VirtualPort | undefined)[]
): VirtualPort | undefined {
  const [first, ...others] = ports.filter((port) => port !== undefined);
  if (first === undefined) return undefined;
  return others.reduce((merged, port) => ({ ...port, ...merged }), first);
}

export function formatVirtualPort({ type, interfaceId, profileId }: VirtualPort): PrintableElement {
  const parameters = { interfaceid: interfaceId, profileid: profileId };
  const isEmpty = interfaceId === undefined && profileId === undefined;
  return node('virtualport', { type }, isEmpty ? [] : [node('parameters', parameters)]);
}

const virtualPortTypes = ['openvswitch', '802.1Qbg', '802.1Qbh', 'midonet'];

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
