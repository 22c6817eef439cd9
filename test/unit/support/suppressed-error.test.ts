/** A test whose body fails, and whose cleaning up fails, too, says both. */
import { errorOf } from '../driver/refusal';

function failing(): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => Promise.reject(new Error('the disposal failed')),
  };
}

test('an error of a scope is shown beside that of its disposal', async () => {
  const error = (await errorOf(async () => {
    await using scope = failing();
    throw new Error(`the body of ${typeof scope} failed`);
  })) as Error;
  expect(error.name).toBe('SuppressedError');
  expect(error.message).toMatch(/the body of object failed[^]*the disposal failed/);
});
