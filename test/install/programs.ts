/** The hello-world programs of a consumer, one for each way to load the package. */
import { domainXml } from '../support/domain/domain-xml';

export const domainName = 'package-hello';
export const helloXml = domainXml({ name: domainName });

/** What each of them prints. */
export const helloOutput = 'running shutoff\n';

const life = `
async function hello(root, xml) {
  const connection = await connect('lxc:///', { root });
  const domain = await connection.defineDomain(xml);
  await domain.start();
  const first = await domain.state();
  await domain.destroy();
  const last = await domain.state();
  await domain.undefine();
  await connection.close();
  console.log(first.state, last.state);
}
`;

const call = `hello(process.argv[2], process.argv[3])`;

export const requireProgram = `
const { connect } = require('tslxc');
${life}
${call}.catch((error) => { console.error(error); process.exitCode = 1; });
`;

export const importProgram = `
import { connect } from 'tslxc';
import * as everything from 'tslxc';
import { createRequire } from 'node:module';
${life}
const required = createRequire(import.meta.url)('tslxc');
for (const name of Object.keys(required)) {
  if (everything[name] !== required[name]) throw new Error(name + ' exists twice, or not at all');
}
await ${call};
`;

export const typedProgram = `
import { connect, TslxcError, type Domain, type DomainState, type ErrorCode } from 'tslxc';

async function stateOf(domain: Domain): Promise<DomainState['state']> {
  return (await domain.state()).state;
}

async function hello(root: string, xml: string): Promise<string> {
  await using connection = await connect('lxc:///', { root });
  const domain = await connection.defineDomain(xml);
  await domain.start();
  const first = await stateOf(domain);
  await domain.destroy();
  const last = await stateOf(domain);
  await domain.undefine();
  return first + ' ' + last;
}

const [, , root = '', xml = ''] = process.argv;
hello(root, xml).then(
  (states) => console.log(states),
  (error: unknown) => {
    const code: ErrorCode | undefined = TslxcError.is(error) ? error.code : undefined;
    console.error(code, error);
    process.exitCode = 1;
  },
);
`;

/** A consumer's strict tsconfig.json. */
export function typedConfig(resolution: 'node16' | 'bundler'): string {
  const modules =
    resolution === 'node16'
      ? { module: 'node16', moduleResolution: 'node16' }
      : { module: 'esnext', moduleResolution: 'bundler' };
  const compilerOptions = {
    ...modules,
    target: 'es2022',
    lib: ['ES2023', 'ESNext.Disposable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  };
  return JSON.stringify({ compilerOptions, files: ['hello.ts'] });
}
