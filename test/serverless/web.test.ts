import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cameByTls, trustNobody } from '../../src/http/client-address.ts';
import { answerWeb } from '../../src/serverless/web.ts';

describe('a request of the Web', () => {
  it('came by TLS when its address says so, and to the host that it names', async () => {
    for (const scheme of ['https', 'http']) {
      const request = new Request(`${scheme}://stats.example/api/v1/session`, {
        headers: { 'x-forwarded-proto': 'https' },
      });
      const answer = await answerWeb(
        (req, res) => res.end(`${req.headers.host} ${cameByTls(req, trustNobody)}`),
        request,
        '/api/v1/session',
        '192.0.2.1',
      );
      assert.equal(await answer.text(), `stats.example ${scheme === 'https'}`);
    }
  });
});
