/** domiftune: the rates of a domain's network interface. */
import { formatOption, showsData } from '../../output/data';
import { withErrorMessage } from '../../shell/command-error';
import { deviceOption } from '../../options/device-argument';
import { domainOption, findDomain } from '../../options/domain-argument';
import { rateFields, readRate, refuseRates } from '../../options/values/rate';
import { whichOf, whichOptions } from '../../options/which-option';
import type { Rate, Rates, RatesChange } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

export const commands: CommandTable = {
  domiftune: {
    group: 'domain',
    summary: 'get/set parameters of a virtual interface',
    description:
      "Get or set the rates of a domain's virtual interface, from the container's point of view: inbound is what it\n" +
      'receives. average, peak and floor are KiB/s, burst is KiB; a rate of 0 is none. In a running container a\n' +
      'change holds at once.',
    options: [
      domainOption,
      deviceOption,
      {
        name: 'inbound',
        kind: 'string',
        help: 'what the container receives: average,peak,burst,floor',
        positional: 'undocumented',
      },
      {
        name: 'outbound',
        kind: 'string',
        help: 'what the container sends: average,peak,burst',
        positional: 'undocumented',
      },
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc domiftune helloworld eth0 --inbound 1000,0,64',
    run: tune,
  },
};

async function tune(context: Context, options: Options): Promise<undefined> {
  const device = options.required('interface');
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const change = readChange(options);
  const which = whichOf(options);
  if (change === undefined) {
    const rates = await withErrorMessage('Unable to get number of interface parameters', () =>
      domain.getBandwidth(device, which),
    );
    if (showsData(context.output, options, rates)) return undefined;
    for (const line of lines(rates)) context.output.line(line);
    return undefined;
  }
  await withErrorMessage('Unable to set interface parameters', () =>
    domain.setBandwidth(device, change, which),
  );
  return undefined;
}

function readChange(options: Options): RatesChange | undefined {
  const [inbound, outbound] = [options.string('inbound'), options.string('outbound')];
  if (inbound === undefined && outbound === undefined) return undefined;
  const change = {
    ...(inbound === undefined ? {} : { inbound: readRate(inbound) }),
    ...(outbound === undefined ? {} : { outbound: readRate(outbound) }),
  };
  for (const direction of ['inbound', 'outbound'] as const) {
    const { average = 0, peak = 0, burst = 0 } = change[direction] ?? {};
    if (Math.max(average, peak, burst) > mostRate) {
      refuseRates(`${direction} rate larger than maximum ${mostRate}`);
    }
  }
  if (change.inbound !== undefined && lacksAverage(change.inbound)) {
    if (!change.inbound.floor) refuseRates('either inbound average or floor is mandatory');
  }
  if (change.outbound !== undefined && lacksAverage(change.outbound)) {
    refuseRates('outbound average is mandatory');
  }
  if (change.outbound?.floor) refuseRates('outbound floor is unsupported yet');
  return change;
}

/** Of libvirt's parameters, which are 32-bit numbers. */
const mostRate = 2 ** 32 - 1;

function lacksAverage({ average, peak, burst }: Rate): boolean {
  return !average && Boolean(peak ?? burst);
}

/** As virsh prints parameters: the names in a column of 15. */
function lines({ inbound, outbound }: Rates): string[] {
  const line = (name: string, value = 0): string => `${name.padEnd(15)}: ${value}`;
  return [
    ...rateFields.map((name) => line(`inbound.${name}`, inbound?.[name])),
    ...rateFields
      .filter((name) => name !== 'floor')
      .map((name) => line(`outbound.${name}`, outbound?.[name])),
  ];
}
