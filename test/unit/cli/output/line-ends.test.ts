/** The output of a terminal, as a file has it. */
import { LineEnds } from '../../../../lib/cli/output/line-ends';

async function through(...chunks: readonly string[]): Promise<string> {
  const lines = new LineEnds();
  for (const chunk of chunks) lines.write(Buffer.from(chunk));
  lines.end();
  let text = '';
  for await (const chunk of lines) text += String(chunk);
  return text;
}

test.each([
  [['a\r\nb\r\n'], 'a\nb\n'],
  [['a\r', '\nb'], 'a\nb'],
  [['a\r', '\r', '\n'], 'a\r\n'],
  [['10%\r', '20%\r'], '10%\r20%\r'],
  [['grüße ', '\r\n'], 'grüße \n'],
])('%j becomes %j', async (chunks, text) => {
  expect(await through(...chunks)).toBe(text);
});
