/** The arguments of the public calls: each is compared with its shape before anything else is done. */
import { outside } from '../callers-code';
import { TslxcError } from '../errors';
import { misfitOf, pathOf, fieldOf } from './misfit';
import type { AnyField, Optional, Shape } from './shape';

/** A parameter: its name, and the shape of what it takes. */
type Parameter<Type> = readonly [
  name: string,
  shape: undefined extends Type ? Optional<Exclude<Type, undefined>> : Shape<Type>,
];

/** The parameters of a call, in order. */
export type ShapesOf<Given extends readonly unknown[]> = {
  readonly [Index in keyof Given]-?: Parameter<Given[Index]>;
};

type Callback = (...given: readonly unknown[]) => unknown;

type AnyCall = (...given: never[]) => unknown;

/** The names of the methods that take arguments. */
type Calls<Class> = {
  [Name in keyof Class]: Class[Name] extends AnyCall
    ? Parameters<Class[Name]> extends readonly []
      ? never
      : Name
    : never;
}[keyof Class];

/** The parameters of every method of a class that takes any. */
export type CallsOf<Class, Except extends keyof Class = never> = {
  readonly [Name in Exclude<Calls<Class>, Except>]: Class[Name] extends AnyCall
    ? ShapesOf<Parameters<Class[Name]>>
    : never;
};

/** Parameters, without the types of what they take. */
export type AnyParameters = readonly (readonly [name: string, shape: AnyField])[];

/**
 * The arguments, with callbacks that throw outside of the call.
 *
 * @throws TslxcError INVALID_ARG for the first thing that does not fit, with its path in the arguments as `element`.
 */
export function checkGiven<Given extends readonly unknown[]>(
  call: string,
  parameters: AnyParameters,
  given: Given,
): Given {
  const refusal = refusalOf(call, parameters, given);
  if (refusal !== undefined) throw refusal;
  return taken(parameters, given);
}

/** Arguments that fit, as the library takes them. */
function taken<Given extends readonly unknown[]>(parameters: AnyParameters, given: Given): Given {
  return given.map((one, index) => withCallbacks(parameters[index]?.[1], one)) as never;
}

/** What fits, with each callback in it so that it never throws. Listeners, which are no part of an object, stay who they are. */
function withCallbacks(field: AnyField | undefined, given: unknown): unknown {
  const form = field && fieldOf(field).form;
  if (form?.kind !== 'object' || given === undefined) return given;
  const own = given as Readonly<Record<string, unknown>>;
  const called = Object.entries(form.fields).flatMap(([name, one]) => {
    const { form: part } = fieldOf(one);
    const callback = own[name];
    const isCallback = part.kind === 'value' && part.isCalled === true;
    return isCallback && typeof callback === 'function'
      ? [[name, outside(callback as Callback)] as const]
      : [];
  });
  return called.length === 0 ? given : { ...own, ...Object.fromEntries(called) };
}

function refusalOf(
  call: string,
  parameters: AnyParameters,
  given: readonly unknown[],
): TslxcError | undefined {
  for (const [index, [name, field]] of parameters.entries()) {
    const { form, isOptional } = fieldOf(field);
    const value = given[index];
    if (isOptional && value === undefined) continue;
    const misfit = misfitOf(form, value);
    if (misfit === undefined) continue;
    const element = pathOf(name, misfit.at);
    return new TslxcError('INVALID_ARG', `${call}: ${element} ${misfit.what}`, { element });
  }
  return surplus(call, parameters, given);
}

/** What a call does not take may be meant to say what it is to do. */
function surplus(
  call: string,
  parameters: AnyParameters,
  given: readonly unknown[],
): TslxcError | undefined {
  const index = given.findIndex((one, at) => at >= parameters.length && one !== undefined);
  if (index < 0) return undefined;
  const element = `arguments[${index}]`;
  const names = parameters.map(([name]) => name).join(', ');
  const known = names === '' ? 'it takes none' : `known are ${names}`;
  return new TslxcError('INVALID_ARG', `${call}: ${element} is one too many; ${known}`, {
    element,
  });
}

/** Of a method that compares its arguments by itself. */
const byItself = 'by itself';

/**
 * Has each method of a class compare its arguments first: one that `calls` does not have takes none. One that is async rejects, others
 * throw.
 */
export function checkCalls(
  of: string,
  prototype: object,
  calls: Readonly<Record<string, AnyParameters | typeof byItself>>,
): void {
  const unknown = Object.keys(calls).find((name) => !Object.hasOwn(prototype, name));
  if (unknown !== undefined) throw new TypeError(`${of} has no method ${unknown}`);
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const own = Reflect.getOwnPropertyDescriptor(prototype, name);
    const method: unknown = own?.value;
    const parameters = Object.hasOwn(calls, name) ? (calls[name] ?? []) : [];
    if (name === 'constructor' || parameters === byItself || typeof method !== 'function') continue;
    const call = checked(`${of}.${name}`, parameters, method as AnyCall);
    Reflect.defineProperty(prototype, name, { ...own, value: call });
  }
}

/** Those that want the promise of the call that is being made. */
let followers: ((made: Promise<unknown>) => void)[] = [];

/** Has `follow` called with the promise that the public call returns that is being made. To be called before its first `await`. */
export function followThisCall(follow: (made: Promise<unknown>) => void): void {
  followers.push(follow);
}

/** Calls the method, and tells those who follow the call of what it returns. */
function followed(make: () => unknown): unknown {
  const outer = followers;
  const own: typeof followers = [];
  followers = own;
  try {
    const made = make();
    if (made instanceof Promise) for (const follow of own) follow(made);
    return made;
  } finally {
    followers = outer;
  }
}

function checked(call: string, parameters: AnyParameters, method: AnyCall): AnyCall {
  const isAsync = Object.prototype.toString.call(method) === '[object AsyncFunction]';
  const before = {
    [method.name](this: unknown, ...given: never[]): unknown {
      const refusal = refusalOf(call, parameters, given);
      if (refusal === undefined) {
        return followed(() => Reflect.apply(method, this, taken(parameters, given)) as unknown);
      }
      if (isAsync) return Promise.reject(refusal);
      throw refusal;
    },
  };
  return before[method.name] as AnyCall;
}
