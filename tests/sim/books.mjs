// What was acknowledged, kept by those who were told: at the end the database must have all of it, and no more.
export class Books {
  constructor() {
    this.referrals = new Set();
    this.signals = new Map(); // by the reference of who signalled: { id, body }
    this.acts = []; // { kind, id, about }: beside the moves of steps
    this.digests = new Map(); // by the id of a feedback: { practice, id } of the digest that brought it
    this.moves = []; // { step, version, state }
    this.refused = {}; // of commands: how often by type
  }

  // A signal that comes again is the referral of before.
  referred(id, body) {
    const before = body.signal && this.signals.get(body.signal);
    if (before && before.id === id) return;
    if (before) throw new Error(`signal ${body.signal} became ${before.id} and ${id}`);
    if (body.signal) this.signals.set(body.signal, { id, body });
    if (this.referrals.has(id)) throw new Error(`two referrals were acknowledged as ${id}`);
    this.referrals.add(id);
  }

  merged(id, into) {
    this.acts.push({ kind: 'referral-merged', id, about: into });
  }

  reopened(id) {
    this.acts.push({ kind: 'referral-reopened', id, about: null });
  }

  told(id) {
    this.acts.push({ kind: 'client-asked', id, about: null });
  }

  directed(id, organisation) {
    this.acts.push({ kind: 'director-changed', id, about: organisation });
  }

  // A feedback comes in one digest, of the practice that it is for.
  digested(practice, { id, clients }) {
    for (const feedback of clients.flatMap((one) => one.feedback)) {
      const before = this.digests.get(feedback);
      if (before && (before.id !== id || before.practice !== practice)) throw new Error(`feedback ${feedback} came in digests ${before.id} and ${id}`);
      this.digests.set(feedback, { practice, id });
    }
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
