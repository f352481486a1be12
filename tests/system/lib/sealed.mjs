// What is sealed in the database, opened as daemon/keys/README.md describes it and without a line of the daemon's: by the
// keyring's file, the wrapped keys of the key database, and the associated data that ties each value to its place.
import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function open(key, about, sealed) {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}

// Wrapping keys by number, of the keyring file of a region.
function wrappingKeys(world, region) {
  const text = readFileSync(join(world.keyrings, `${region}.keys`), 'utf8');
  return new Map([...text.matchAll(/^wrap (\d+) \S+ ([0-9a-f]{64})$/gm)].map((m) => [m[1], Buffer.from(m[2], 'hex')]));
}

const rows = (text) => text.split('\n').filter(Boolean).map((line) => line.split('|'));

// The texts of all referrals of region 1 as they were sent, one for each that is stored; null where the key is gone.
export function referralTexts(world) {
  const wraps = wrappingKeys(world, 'deurne');
  const keys = new Map(rows(world.keysSql('SELECT client_id, wrap_key, wrapped FROM data.client_key WHERE region_id = 1'))
    .map(([client, wrap, wrapped]) => [client, open(wraps.get(wrap), `wijzer key 1 1 ${client} ${wrap}`, wrapped)]));
  const notes = world.sql('SELECT r.client_id, n.note_id, n.text FROM data.referral r JOIN data.note n USING (region_id, note_id) WHERE r.region_id = 1');
  return rows(notes).map(([client, note, sealed]) =>
    keys.has(client) ? open(keys.get(client), `wijzer 1 1 ${client} ${note} text`, sealed.slice(3)).toString() : null);
}
