// Somebody's line to the region: it asks one of the daemons, loses its connection now and then, and then does what a client
// should: the same command with the same key, until it has an answer.
import { randomUUID } from 'node:crypto';
import { pause } from '../system/lib/raw.mjs';

const PATIENCE = 60000;

export class Line {
  // sim: { daemons: [{ port }], lost: share of commands whose connection breaks, counts }
  constructor(sim, world, name, random) {
    this.sim = sim;
    this.random = random;
    this.apis = sim.daemons.map(({ port }) => Object.assign(world.api(name), { port }));
  }

  async ask(method, path, body, headers) {
    const patience = Date.now() + PATIENCE;
    for (let tries = 0; ; tries++) {
      const api = this.random.pick(this.apis);
      const asked = api.send(method, path, body, headers).catch((error) => {
        if (error.code === 'ERR_ASSERTION') throw error; // an answer that does not fit the contract
        return null;
      });
      if (method === 'POST' && this.random.chance(this.sim.lost)) {
        this.sim.counts.lost++;
        await pause(this.random.int(0, 8));
        api.agent.destroy();
      }
      const answer = await asked;
      if (answer && ![408, 429, 503].includes(answer.status)) {
        if (answer.status >= 500) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
        return answer;
      }
      if (Date.now() > patience) throw new Error(`${method} ${path}: no answer in ${PATIENCE / 1000} s; last: ${answer?.text ?? 'none'}`);
      this.sim.counts.repeated++;
      await pause(Math.min(20 * 2 ** tries, 500));
    }
  }

  get(path) {
    return this.ask('GET', path);
  }

  // Every command has one key for all its tries.
  post(path, body, headers = {}) {
    return this.ask('POST', path, body, { 'Idempotency-Key': randomUUID(), ...headers });
  }

  // The first page of a list.
  async list(path) {
    const { status, json, text } = await this.get(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return json.items;
  }
}
