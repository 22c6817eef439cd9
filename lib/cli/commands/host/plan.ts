/** plan: shows what a start would do, step by step, without doing it. */
import { existsSync } from 'node:fs';
import { UsageError, withErrorMessage } from '../../shell/command-error';
import { readDefinitionFile } from '../../options/definition-file';
import { findDomain } from '../../options/domain-argument';
import { formatOption, wantsData } from '../../output/data';
import { warningOf } from '../../output/definition-warnings';
import { planJson, planText } from '../../output/plan-text';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';
import type { PlanOptions } from '../../../index';
import type { Plan } from '../../../plan/plan';

export const commands: CommandTable = {
  plan: {
    group: 'domain',
    summary: 'show what starting a domain would do',
    description:
      'Print the complete list of operations that a start would carry out: of a defined domain, or of\n' +
      'an XML file (a word that ends in .xml or has a slash in it), which needs no root. What the start\n' +
      'would ignore is told on stderr. Changes nothing.',
    options: [
      {
        name: 'domain',
        kind: 'string',
        help: 'domain name, id or uuid, or an XML file',
        positional: 'optional',
      },
      {
        name: 'file',
        kind: 'string',
        help: 'file containing an XML domain description',
        values: 'file',
      },
      formatOption,
      { name: 'json', kind: 'flag', help: 'the same as --format json' },
    ],
    example: 'tslxc plan helloworld.xml',
    stdout: 'alone',
    run: showPlan,
  },
};

async function showPlan(context: Context, options: Options): Promise<undefined> {
  options.exclusive('domain', 'file');
  const plan = await planOf(context, options);
  context.output.text(wantsData(options) ? planJson(plan) : planText(plan));
  return undefined;
}

async function planOf(context: Context, options: Options): Promise<Plan> {
  const word = options.string('domain');
  const file = options.string('file') ?? (word !== undefined && isFile(word) ? word : undefined);
  if (file !== undefined) {
    const xml = readDefinitionFile(file);
    const connection = await context.connect();
    return withErrorMessage(`Failed to plan domain from ${file}`, () =>
      connection.plan({ xml }, planOptions(context)),
    );
  }
  if (word === undefined) throw new UsageError("command 'plan' requires <domain> option");
  const connection = await context.connect();
  const { name } = await findDomain(connection, word);
  return withErrorMessage(`Failed to plan domain '${name}'`, () =>
    connection.plan({ name }, planOptions(context)),
  );
}

const planOptions = ({ output }: Context): PlanOptions => ({ onWarning: warningOf(output) });

/** Whether the word means a file: it has a slash, which a name can't have, or ends in `.xml` and such a file exists. */
function isFile(word: string): boolean {
  return word.includes('/') || (word.endsWith('.xml') && existsSync(word));
}
