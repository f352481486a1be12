// What was acknowledged, kept by those who were told: at the end the database must have all of it, and no more.
export class Books {
  constructor() {
    this.referrals = new Set();
    this.moves = []; // { step, version, state }
    this.refused = {}; // of commands: how often by type
  }

  referred(id) {
    if (this.referrals.has(id)) throw new Error(`two referrals were acknowledged as ${id}`);
    this.referrals.add(id);
  }

  moved(step, verb, body, { status, json, text }) {
    if (status === 200) {
      this.moves.push({ step: json.id, version: json.version, state: json.state.code });
      return;
    }
    // Somebody was quicker, or what was true in the list is so no more: what a hurried user meets.
    if (![404, 409, 412].includes(status)) throw new Error(`${verb} of step ${step.id} (${step.state.code}) with ${JSON.stringify(body)}: ${status} ${text}`);
    this.refuse(json);
  }

  refuse({ type }) {
    const word = type.split(':').at(-1);
    this.refused[word] = (this.refused[word] ?? 0) + 1;
  }
}
