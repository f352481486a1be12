// What two people must have agreed to before `wijzerd keys` does it, said in the database: it needs no daemon.
const account = (name) => `(SELECT account_id FROM data.account WHERE region_id = 1 AND name = '${name}')`;
const write = (who) => `1, ${account(who)}, gen_random_uuid()::text, repeat('0', 64)`;

// action: 'rotate', or 'retire' of wrapping key `number`. Answers with the number of the change.
export function agree(world, action, number = null) {
  const nr = world.sql(`SELECT answer ->> 'number' FROM wijzer.propose_key_change(${write('coordinator')}, '${action}', ${number})`);
  world.sql(`SELECT result FROM wijzer.approve_key_change(${write('steward')}, ${nr})`);
  return Number(nr);
}
