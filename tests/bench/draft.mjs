// A draft of table 3 for the demo region: draft.mjs ROWS SEED. One row takes everybody, so that there is no gap.
const rows = Number(process.argv[2]);
let state = Number(process.argv[3]);

function below(limit) {
  state = (state * 1103515245 + 12345) % 2147483648;
  return Math.floor((state / 2147483648) * limit);
}

const pick = (words) => words[below(words.length)];
const quoted = (word) => `"${word}"`;
const domains = ['finances', 'housing', 'social-network', 'meaning', 'justice', 'upbringing', 'participation'];
const approaches = ['welzijnscoach', 'maatje', 'groep', 'buurtteam', 'schuldhulp', 'regie', 'taal'];
const offerings = ['welzijn-op-recept', 'klantwijzer', 'join-us', 'buurtteam', 'taaldoen', 'jpf', 'forsa'];

function rule(i) {
  const age = below(100), area = 1000 + below(8900);
  return {
    id: `R${i}`,
    when: {
      approach: quoted(pick(approaches)),
      domains: quoted(pick(domains)),
      age: `[${age}..${age + below(20)}]`,
      area: `[${area}..${area + below(100)}]`,
      language: quoted(pick(['nl', 'ar', 'tr', 'en', 'pl'])),
      urgency: quoted(pick(['routine', 'soon'])),
      household: quoted(pick(['alone', 'couple', 'family'])),
    },
    then: { offering: pick(offerings), weight: below(100) },
    reason: `Regel van soort ${below(200)}.`,
  };
}

const rules = [{ id: 'R0', when: {}, then: { offering: 'klantwijzer', weight: 1 }, reason: 'Past altijd.' }];
for (let i = 1; i < rows; i++) rules.push(rule(i));
const otherwise = { id: 'R9999999', then: { offering: null, weight: null }, reason: 'Geen regel past.' };
process.stdout.write(JSON.stringify({ note: 'Groot', rules, otherwise, examples: [] }));
