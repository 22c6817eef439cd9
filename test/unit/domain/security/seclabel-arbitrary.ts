/** Random labels of domains and of sources, of which no domain's label leaves the sources alone. */
import fc from 'fast-check';

import type { SecurityLabel, SourceLabel } from '../../../../lib/domain/security/definition';
import { defined, optional } from '../interface/interface-arbitrary';

const position = fc.constant({ line: 1, column: 1 });

/** Of models that no domain label of `securityLabels` is for. */
export function sourceLabels(text: fc.Arbitrary<string>): fc.Arbitrary<SourceLabel[]> {
  const models = fc.uniqueArray(fc.constantFrom('smack', 'dac', undefined), {
    minLength: 1,
    maxLength: 3,
  });
  return models.chain((all) =>
    fc.tuple(
      ...all.map((model) =>
        fc
          .record({
            model: fc.constant(model),
            label: optional(text),
            relabel: fc.boolean(),
            position,
          })
          .map(({ relabel, ...rest }) =>
            defined({ ...rest, relabel: relabel || rest.label !== undefined }),
          ),
      ),
    ),
  );
}

/** Of one model each; a single one without a label of its own may lack the model. */
export function securityLabels(text: fc.Arbitrary<string>): fc.Arbitrary<SecurityLabel[]> {
  const models = fc.uniqueArray(fc.constantFrom('selinux', 'apparmor', 'x'), { maxLength: 3 });
  const several = models.chain((all) => fc.tuple(...all.map((model) => ofModel(model, text))));
  const nameless = position.map((at): SecurityLabel[] => [
    { type: 'dynamic', relabel: true, position: at },
  ]);
  return fc.oneof({ weight: 4, arbitrary: several }, { weight: 1, arbitrary: nameless });
}

function ofModel(model: string, text: fc.Arbitrary<string>): fc.Arbitrary<SecurityLabel> {
  const common = { model: fc.constant(model), position };
  return fc.oneof(
    fc.record({ ...common, type: fc.constant('none' as const), relabel: fc.constant(false) }),
    fc.record({
      ...common,
      type: fc.constant('static' as const),
      relabel: fc.boolean(),
      label: text,
    }),
    fc
      .record({
        ...common,
        type: fc.constant('dynamic' as const),
        relabel: fc.constant(true),
        baseLabel: optional(text),
      })
      .map(defined),
  );
}
