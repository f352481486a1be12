// Who does what in a year: practices refer, read and answer; partners receive who comes by themself, answer, call, see people not
// come, pass on, and finish; a system signals; the coordination looks at what stands still and what came twice. Everybody sees the
// region through the API alone.
import { Line } from './line.mjs';

// Through which door somebody new comes: a practice refers, somebody comes to a partner by themself or to its desk, a system signals.
export const DOORS = { practice: 80, self: 8, desk: 6, signal: 6 };
// What of those who come came lately through another door, or is signalled again.
const TWICE = { client: 0.12, signal: 0.25 };
// How practices want to hear back: each has one of these, and now and then takes another.
const ALL = ['accepted', 'first-contact', 'started', 'ended'];
export const CONTRACTS = [
  null, // as the rules of the region say
  { form: 'at-once', milestones: [...ALL, 'story'] },
  { form: 'daily', milestones: ALL },
  { form: 'end-only', milestones: ['ended', 'story'] },
  { form: 'daily', milestones: ['first-contact', 'story'] },
  { form: 'at-once', milestones: ['ended'] },
];
// How what is passed on follows: at once beside each other, or each after the one before.
const BRANCHES = { one: 40, beside: 30, then: 20, 'then-then': 10 };
// Where a step goes from a state, by weight. What is not here waits for somebody else.
const WAYS = {
  offered: { accepted: 70, declined: 30 },
  sent: { received: 50, accepted: 25, declined: 20, 'question-to-referrer': 5 },
  received: { accepted: 70, declined: 22, 'question-to-referrer': 8 },
  'question-to-referrer': { accepted: 1 },
  accepted: { 'first-contact': 55, 'contact-attempt': 27, 'waiting-list': 15, unreachable: 3 },
  'waiting-list': { 'first-contact': 50, 'waiting-list': 20, 'contact-attempt': 20, declined: 10 },
  'contact-attempt': { 'first-contact': 60, 'contact-attempt': 25, unreachable: 15 },
  'first-contact': { 'intake-planned': 50, 'taking-part': 20, 'passed-on': 8, 'done-goal-reached': 12, 'done-not-reached': 5, 'client-withdrew': 5 },
  'intake-planned': { 'no-show': 25, 'intake-done': 60, 'intake-planned': 12, 'client-withdrew': 3 },
  'no-show': { 'intake-planned': 60, 'first-contact': 20, 'done-not-reached': 20 },
  'intake-done': { 'taking-part': 70, 'passed-on': 15, 'done-partly': 15 },
  'passed-on': { 'done-goal-reached': 60, 'done-partly': 40 }, // once its branches have ended
  planned: { sent: 60, dropped: 40 }, // once the step before it ended otherwise than well
  'taking-part': { 'done-goal-reached': 50, 'done-partly': 20, 'done-not-reached': 10, paused: 10, 'taking-part': 5, 'client-withdrew': 5 },
  paused: { 'taking-part': 1 },
  'withdrawal-asked': { withdrawn: 80, 'first-contact': 20 },
};
// The way out, when the year is over and nobody new comes.
const ENDINGS = {
  offered: { accepted: 80, declined: 20 },
  sent: { accepted: 80, declined: 20 },
  received: { accepted: 80, declined: 20 },
  'question-to-referrer': { accepted: 1 },
  accepted: { 'first-contact': 90, unreachable: 10 },
  'waiting-list': { 'first-contact': 1 },
  'contact-attempt': { 'first-contact': 50, unreachable: 50 },
  'first-contact': { 'done-goal-reached': 60, 'done-not-reached': 40 },
  'intake-planned': { 'done-partly': 1 },
  'no-show': { 'done-not-reached': 1 },
  'intake-done': { 'done-goal-reached': 1 },
  'passed-on': { 'done-goal-reached': 1 },
  planned: { sent: 20, dropped: 80 },
  'taking-part': { 'done-goal-reached': 1 },
  paused: { 'taking-part': 1 },
  'withdrawal-asked': { withdrawn: 1 },
};
// How likely somebody diligent acts today.
const PACE = { 'taking-part': 0.04, paused: 0.1, 'waiting-list': 0.1, 'intake-planned': 0.25, 'intake-done': 0.2, 'first-contact': 0.25 };
// In which states somebody gets a place in a group, and how often somebody diligent gives one, promises to call, writes or sets a goal.
const TAKES_PLACE = ['accepted', 'first-contact', 'intake-done', 'taking-part'];
const BESIDES = { place: 0.3, callBack: 0.05, message: 0.05, goal: 0.05, handOver: 0.15, afterStep: 0.2 };
// What somebody may owe about the steps of others: where nobody referred, a desk and the coordination have the referrer's part.
const DUTIES = {
  'answer-question': (person, step) => person.move(step, '_answer', { text: 'Ja, haar dochter.' }),
  'tell-client': (person, step) => person.tellClient(step.referralId),
};
const OUTCOMES = { 'done-goal-reached': 'reached', 'done-partly': 'partly', 'done-not-reached': 'not-reached' };
const DECLINES = { capacity: 50, 'outside-area': 10, age: 8, 'not-fitting': 15, 'heavier-help-needed': 5, 'client-does-not-want': 5, 'information-incomplete': 4, 'client-not-reached': 3 };
const AREAS = ['5751', '5752', '5753', '5754', '5756', '5757', '5758', '5759'];
const DOMAINS = ['finances', 'work-and-education', 'day-activity', 'housing', 'family-relations', 'mental-health', 'physical-health',
  'substance-use', 'daily-living', 'social-network', 'participation', 'upbringing', 'language-and-integration', 'meaning'];
export const NAMES = ['Margriet Maassen', 'Jan de Vries', 'Fatima el Amrani', 'Piet Hendriks', 'Sanne Bakker', 'Mehmet Yılmaz', 'Els Janssen'];

// What a report of a state brings along, and by which operation.
function moveTo(state, random, sim) {
  const day = (ahead) => sim.day(ahead);
  if (state === 'accepted') return ['_accept', {}];
  if (state === 'declined') return ['_decline', { code: random.among(DECLINES) }];
  if (OUTCOMES[state]) return ['_complete', { outcome: OUTCOMES[state], ...(state === 'done-not-reached' ? { reason: 'Het lukte niet.' } : { text: 'Het gaat beter.' }) }];
  const brings = {
    'question-to-referrer': { text: 'Mag ik weten of er iemand thuis is?' },
    'waiting-list': { date: day(random.int(7, 60)) },
    'contact-attempt': { channel: random.pick(['phone', 'visit', 'letter']) },
    'intake-planned': { date: day(random.int(1, 14)) },
    'intake-done': { text: 'Plan: elke week naar buiten.' },
    paused: { reason: 'Ligt in het ziekenhuis.', date: day(random.int(7, 40)) },
    'passed-on': branchesOf(random, sim),
    dropped: { reason: 'Dit is niet meer nodig.' },
    'client-withdrew': { reason: 'Wil het niet meer.' },
    unreachable: { reason: 'Nooit thuis.' },
  };
  return ['_report', { state, ...brings[state] }];
}

function branchesOf(random, sim) {
  const how = random.among(BRANCHES), [one, two, three] = [0, 1, 2].map(() => sim.offering(random));
  if (how === 'one') return { offerings: [one] };
  if (how === 'beside') return { offerings: [...new Set([one, two])] };
  return { branches: [{ offering: one }, { offering: two, after: 1 }, ...(how === 'then-then' ? [{ offering: three, after: 2 }] : [])] };
}

const version = ({ version: n }) => ({ 'If-Match': `"${n}"` });

export class Person {
  // code: of the organisation.
  constructor(sim, { name, code = name }) {
    this.sim = sim;
    this.name = name;
    this.code = code;
    this.directs = []; // referrals in which something was passed on
    this.random = sim.random(name);
    this.line = new Line(sim, sim.world, name, this.random);
  }

  // One command about a step; what was answered goes into the books.
  async move(step, verb, body) {
    const answer = await this.line.post(`/v1/steps/${step.id}/${verb}`, body, version(step));
    this.sim.books.moved(step, verb, body, answer);
    return answer;
  }

  // Works through what lies with this organisation.
  async workInbox({ pace, ways }) {
    for (const step of await this.line.list('/v1/inbox?pageSize=100')) {
      const duty = this.dutyOf(step), from = ways[step.state.code];
      if (duty) {
        if (this.random.chance(pace)) await duty(this, step);
        continue;
      }
      if (!from || !this.random.chance(pace * (ways === ENDINGS ? 1 : (PACE[step.state.code] ?? 0.7)))) continue;
      await this.act(step, this.random.among(from));
    }
  }

  // A command of which it may turn out that it can be so no more; what was answered where it could.
  async try(path, body, headers) {
    const { status, json, text } = await this.line.post(path, body, headers);
    if (status < 300) return json;
    if (![404, 409, 412].includes(status)) throw new Error(`${path} with ${JSON.stringify(body)}: ${status} ${text}`);
    this.sim.books.refuse(json);
    return null;
  }

  async act(step, state) {
    const [verb, body] = moveTo(state, this.random, this.sim);
    if (state === 'passed-on' && this.random.chance(BESIDES.afterStep)) await this.putAfter(step, body);
    const { status } = await this.move(step, verb, body);
    if (state === 'passed-on' && status === 200) this.directs.push(step.referralId);
  }

  // The first of the branches comes after a step that is there, if there is one.
  async putAfter(step, body) {
    const { json } = await this.line.get(`/v1/referrals/${step.referralId}`);
    const other = json?.steps?.find(({ id, endedAt }) => !endedAt && id !== step.id);
    if (!other) return;
    body.branches ??= body.offerings.map((offering) => ({ offering }));
    body.branches[0].afterStep = other.id;
    delete body.offerings;
  }

  dutyOf({ promise }) {
    return promise?.who?.code === this.code ? DUTIES[promise.what.code] : undefined;
  }

  async tellClient(referral) {
    if (await this.try(`/v1/referrals/${referral}/_tell`, { helped: this.random.pick(['yes', 'partly', 'no', 'not-known']) })) this.sim.books.told(referral);
  }

  // Somebody new, who comes by the door `origin` (null: a practice refers them).
  async refer(origin) {
    const { random, sim } = this;
    const body = {
      domains: [...new Set([random.pick(DOMAINS), ...(random.chance(0.3) ? [random.pick(DOMAINS)] : [])])],
      client: random.chance(TWICE.client) && sim.lately.length ? random.pick(sim.lately) : {
        name: random.pick(NAMES), birthYear: random.int(1930, 2010), area: random.pick(AREAS), phone: `+31 6 ${random.int(10000000, 99999999)}`,
        ...(random.chance(0.1) ? { language: random.pick(['ar', 'tr', 'en']) } : {}) },
      ...(origin ? { origin } : {}),
      ...(origin !== 'signal' && random.chance(0.7) ? { text: 'Komt vaak met klachten waar geen pil voor is.' } : {}),
      ...(random.chance(0.15) ? { urgency: 'soon' } : {}),
    };
    sim.lately = [...sim.lately.slice(-29), body.client];
    if (origin === 'signal') body.signal = `SV-${sim.books.signals.size + 1}`;
    return this.send(body);
  }

  async send(body) {
    const { status, json, text } = await this.line.post('/v1/referrals', body);
    if (status !== 201 && !(status === 200 && body.signal)) throw new Error(`a referral was refused: ${status} ${text}`);
    this.sim.books.referred(json.id, body);
    return json.id;
  }

  async readFeedback(pace) {
    for (const { id, referralId, final } of await this.line.list('/v1/feedback?unread=true&pageSize=100')) {
      if (!this.random.chance(pace)) continue;
      const { status, text } = await this.line.post(`/v1/feedback/${id}/_open`);
      if (status !== 200) throw new Error(`feedback ${id} could not be opened: ${text}`);
      if (final && this.random.chance(0.6)) await this.tellClient(referralId);
    }
  }

  // Who directs hands that over to another organisation that has part in it.
  async handOver(referral, mayBe) {
    const { json } = await this.line.get(`/v1/referrals/${referral}`);
    if (!json?.director || !mayBe(json.director.code)) return;
    const others = json.steps.filter(({ organisation, status }) => organisation && organisation.code !== json.director.code &&
      !['draft', 'rejected', 'failed', 'cancelled', 'entered-in-error'].includes(status));
    if (!others.length) return;
    const to = this.random.pick(others).organisation.code;
    if (await this.try(`/v1/referrals/${referral}/_direct`, { organisation: to })) this.sim.books.directed(referral, to);
  }
}

export class Practice extends Person {
  // contract: one of CONTRACTS, to begin with.
  constructor(sim, who) {
    super(sim, who);
    this.contract = who.contract;
    this.sent = [];
  }

  async agree(contract) {
    const { status, text } = await this.line.post('/v1/feedback-contracts', contract ?? { form: 'standard' });
    if (status !== 201) throw new Error(`a contract was refused: ${status} ${text}`);
    this.isDaily ||= contract?.form === 'daily';
  }

  async readAndAnswer({ pace }) {
    for (const step of await this.line.list('/v1/inbox?pageSize=100')) {
      const duty = this.dutyOf(step);
      if (duty && this.random.chance(pace)) await duty(this, step);
    }
    if (this.isDaily) await this.readDigests();
    await this.readFeedback(pace);
  }

  async readDigests() {
    for (const digest of await this.line.list('/v1/feedback-digests?pageSize=5')) this.sim.books.digested(this.code, digest);
  }

  // Now and then somebody thinks better of it.
  async reconsider() {
    if (!this.sent.length || !this.random.chance(0.03)) return;
    const { json } = await this.line.get(`/v1/referrals/${this.random.pick(this.sent)}`);
    const open = json?.steps?.filter(({ endedAt, state }) => !endedAt && state.code !== 'withdrawal-asked') ?? [];
    if (open.length) await this.move(this.random.pick(open), '_report', { state: 'withdrawal-asked', reason: 'Verhuisd.' });
  }

  async day({ newcomers, pace, closing }) {
    if (this.contract) await this.agree(this.contract);
    this.contract = this.random.chance(closing ? 0 : 0.005) ? this.random.pick(CONTRACTS) : undefined;
    for (let i = 0; i < newcomers.length; i++) this.sent.push(await this.refer(null));
    await this.readAndAnswer({ pace: closing ? 1 : pace });
    if (!closing) await this.reconsider();
  }
}

export class Partner extends Person {
  constructor(...args) {
    super(...args);
    this.diligence = this.random.pick([0.15, 0.5, 0.8, 0.8, 0.95]);
    this.givesGroups = this.random.chance(0.4);
    this.groups = [];
  }

  async day({ newcomers, closing }) {
    for (const door of newcomers) await this.refer(door);
    this.isDesk ||= newcomers.length > 0;
    if (!closing) await this.keepOffering();
    if (this.isDesk && (closing || this.random.chance(this.diligence * 0.3))) await this.readFeedback(1);
    await this.workInbox(closing ? { pace: 1, ways: ENDINGS } : { pace: this.diligence, ways: WAYS });
    await this.workBesides(closing);
    if (!closing && this.directs.length && this.random.chance(BESIDES.handOver)) await this.handOver(this.random.pick(this.directs), (code) => code === this.code);
  }

  // Now and then somebody looks whether what is said of the offering is still right, and starts a group with few places.
  async keepOffering() {
    const offering = `aanbod-${this.name}`;
    if (this.random.chance(0.02 * this.diligence)) await this.try('/v1/offerings/_confirm', { offering });
    if (!this.givesGroups || !this.random.chance(this.groups.length ? 0.01 : 0.5)) return;
    const group = await this.try('/v1/groups', { offering, name: `Groep ${this.groups.length + 1}`, startsOn: this.sim.day(7), rolling: true, places: this.random.int(1, 3) });
    if (group) this.groups.push(group.id);
  }

  // What does not move a step: places in groups, calls that are promised, messages and goals.
  async workBesides(closing) {
    for (const step of await this.line.list('/v1/inbox?pageSize=100')) {
      if (step.organisation?.code !== this.name) continue; // another's, with a question for this one
      if (step.callBack && (closing || this.random.chance(this.diligence))) await this.try(`/v1/steps/${step.id}/_calledback`, { result: 'spoke' });
      if (step.place?.state === 'offered' && (closing || this.random.chance(this.diligence))) await this.try(`/v1/steps/${step.id}/_place`, {});
      if (closing || ['requested', 'draft'].includes(step.status)) continue; // not yet, or to be decided about
      await this.doBesides(step);
    }
  }

  async doBesides(step) {
    const { random } = this, does = (what) => random.chance(BESIDES[what] * this.diligence);
    if (this.groups.length && !step.place && TAKES_PLACE.includes(step.state.code) && does('place')) {
      await this.try(`/v1/steps/${step.id}/_place`, { group: random.pick(this.groups), persons: random.int(1, 2), wait: random.chance(0.7) });
    } else if (step.place && random.chance(0.02)) {
      await this.try(`/v1/steps/${step.id}/_leave`, {});
    }
    if (!step.callBack && does('callBack')) await this.try(`/v1/steps/${step.id}/_callback`, { on: this.sim.day(random.int(1, 5)) });
    if (does('message')) await this.try(`/v1/steps/${step.id}/messages`, { text: 'Zij komt graag samen met haar zus.' });
    if (does('goal')) await this.try(`/v1/steps/${step.id}/goals`, { text: 'Elke week naar buiten.', domain: random.pick(DOMAINS), score: random.int(1, 5) });
  }
}

// A system that signals, and reads nothing of it. Some signals come twice.
export class Signaller extends Person {
  async day({ newcomers }) {
    for (let i = 0; i < newcomers.length; i++) {
      await this.refer('signal');
      const last = [...this.sim.books.signals.values()].at(-1);
      if (this.random.chance(TWICE.signal)) await this.send(last.body);
      const { status } = await this.line.get(`/v1/referrals/${last.id}`);
      if (status !== 404) throw new Error(`who signalled reads referral ${last.id}`);
    }
  }
}

export class Coordination extends Person {
  async day({ closing }) {
    await this.sim.receiver.look(this, closing);
    for (const step of await this.line.list('/v1/inbox?pageSize=100')) {
      const duty = this.dutyOf(step);
      if (duty) {
        if (closing || this.random.chance(0.5)) await duty(this, step);
      } else if (['sent', 'received'].includes(step.state.code)) {
        if (closing || this.random.chance(0.3)) await this.act(step, 'accepted');
        else if (this.random.chance(0.8)) await this.reassign(step);
      } else {
        const ways = closing ? ENDINGS : WAYS;
        if (ways[step.state.code] && (closing || this.random.chance(0.3))) await this.act(step, this.random.among(ways[step.state.code]));
      }
    }
    if (closing) return;
    if (this.random.chance(0.4)) await this.mergeDuplicates();
    const overdue = await this.line.list('/v1/referrals?overdue=true&pageSize=20');
    for (const { id } of overdue) {
      if (this.random.chance(0.1)) await this.handOver(id, () => true);
      if (!this.random.chance(0.1)) continue;
      const { json } = await this.line.get(`/v1/referrals/${id}`);
      const step = json.steps.find(({ endedAt, state, promise }) => !endedAt && promise && ['sent', 'received'].includes(state.code));
      if (step) await this.reassign(step);
    }
    if (this.random.chance(0.1)) await this.reopen();
  }

  // What came twice goes on in the older one.
  async mergeDuplicates() {
    const { json } = await this.line.get('/v1/duplicates?pageSize=3');
    for (const { referrals } of json.items) {
      const [into, from] = referrals;
      if (await this.try(`/v1/referrals/${from.id}/_merge`, { into: into.id })) this.sim.books.merged(from.id, into.id);
    }
  }

  reassign(step) {
    return this.move(step, '_reassign', { offerings: [this.sim.offering(this.random)], reason: 'Er gebeurt hier te weinig.' });
  }

  async reopen() {
    const ended = await this.line.list('/v1/referrals?status=closed&pageSize=20');
    if (!ended.length) return;
    const { id } = this.random.pick(ended);
    if (await this.try(`/v1/referrals/${id}/_reopen`, { reason: 'De klachten zijn terug.' })) this.sim.books.reopened(id);
  }
}
