/** Leases and ports of virtual networks. */
import type { networkProcedures } from '../../protocol/network';
import type { WireNetwork, WireNetworkPort } from '../../protocol/values';
import { done } from '../base/call';
import type { Handlers } from '../base/call';
import { checkFlags, hasFlag, textsOkay } from '../base/flags';
import { withNetwork } from '../base/identities';
import { directions, rateChange, rateParameters } from '../base/rates';
import { uuidBytes, uuidText } from '../base/uuid';

type Names =
  | 'NetworkGetDHCPLeases'
  | 'NetworkListAllPorts'
  | 'NetworkPortLookupByUUID'
  | 'NetworkPortCreateXML'
  | 'NetworkPortGetXMLDesc'
  | 'NetworkPortGetParameters'
  | 'NetworkPortSetParameters'
  | 'NetworkPortDelete';

/** virIPAddrType. */
const families = { ipv4: 0, ipv6: 1 } as const;

/**
 * Without libvirt's RECLAIM (1), which takes over what a port was plugged into before: here the network alone chooses that, and what a
 * document says of it is not read.
 */
const portFlags = { validate: 2 } as const;
const millisecondsInSecond = 1000;

export const portHandlers: Handlers<Pick<typeof networkProcedures, Names>> = {
  NetworkGetDHCPLeases: (call, { network, mac, needsResults, flags }) => {
    checkFlags(flags, 0, 'networkGetDHCPLeases');
    return withNetwork(call, network, async (one) => {
      const found = await one.leases(mac === undefined ? {} : { mac });
      const { bridge = '' } = await one.info();
      const leases = found.map((lease) => ({
        bridge,
        expiry: BigInt(Math.floor((lease.expires ?? 0) / millisecondsInSecond)),
        type: families[lease.family],
        mac: lease.mac === '' ? undefined : lease.mac,
        iaid: lease.iaid,
        address: lease.address,
        prefix: lease.prefix,
        hostname: lease.hostname,
        clientId: lease.clientId,
      }));
      return { leases: needsResults === 0 ? [] : leases, count: leases.length };
    });
  },
  NetworkListAllPorts: (call, { network, needsResults, flags }) => {
    checkFlags(flags, 0, 'networkListAllPorts');
    return withNetwork(call, network, async (one) => {
      const ports = (await one.ports()).map(({ uuid }) => wirePort(network, uuid));
      return { ports: needsResults === 0 ? [] : ports, count: ports.length };
    });
  },
  NetworkPortLookupByUUID: (call, { network, uuid }) =>
    withNetwork(call, network, async (one) => {
      const text = uuidText(uuid);
      // Throws the right error if there is no such port.
      await one.portXml(text);
      return { port: wirePort(network, text) };
    }),
  NetworkPortCreateXML: (call, { network, xml, flags }) => {
    checkFlags(flags, portFlags.validate, 'networkPortCreateXML');
    const options = hasFlag(flags, portFlags.validate) ? { validate: true } : {};
    return withNetwork(call, network, async (one) => ({
      port: wirePort(network, (await one.createPort(xml, options)).uuid),
    }));
  },
  NetworkPortGetXMLDesc: (call, { port, flags }) => {
    checkFlags(flags, 0, 'networkPortGetXMLDesc');
    return withNetwork(call, port.network, async (one) => ({
      xml: await one.portXml(uuidText(port.uuid)),
    }));
  },
  NetworkPortGetParameters: (call, { port, flags }) => {
    checkFlags(flags, textsOkay, 'networkPortGetParameters');
    return withNetwork(call, port.network, async (one) => {
      const rates = await one.getPortBandwidth(uuidText(port.uuid));
      // Those of a direction that has a rate, and always all of them: libvirt's clients do not ask for their number first.
      const limited = directions.filter((direction) => rates[direction] !== undefined);
      const parameters = limited.flatMap((direction) => rateParameters(rates, direction));
      return { parameters, count: parameters.length };
    });
  },
  NetworkPortSetParameters: (call, { port, parameters, flags }) => {
    checkFlags(flags, 0, 'networkPortSetParameters');
    return withNetwork(call, port.network, async (one) => {
      await one.setPortBandwidth(uuidText(port.uuid), rateChange(parameters));
      return done;
    });
  },
  NetworkPortDelete: (call, { port, flags }) => {
    checkFlags(flags, 0, 'networkPortDelete');
    return withNetwork(call, port.network, async (one) => {
      await one.deletePort(uuidText(port.uuid));
      return done;
    });
  },
};

function wirePort(network: WireNetwork, uuid: string): WireNetworkPort {
  return { network, uuid: uuidBytes(uuid) };
}
