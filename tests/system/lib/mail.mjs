// A real mail server (Debian's exim) as our own process: a configuration, spool and mailbox in a directory of ours, on a free port
// of 127.0.0.1, with STARTTLS by the world's certificate. Mail to gone@ is refused for good, to later@ for now.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, run } from './world.mjs';

export class MailServer {
  static async make(world) {
    const server = new MailServer();
    server.dir = mkdtempSync(join(tmpdir(), 'wijzer-mail-'));
    server.port = await freePort();
    for (const name of ['spool', 'log', 'mail']) mkdirSync(join(server.dir, name), { mode: 0o770 });
    for (const name of ['cert.pem', 'key.pem']) cpSync(join(world.pki, 'server', name), join(server.dir, name));
    server.own = process.getuid() === 0 ? ['user = Debian-exim', 'group = Debian-exim'] : [];
    if (process.getuid() === 0) run('chown', ['-R', 'Debian-exim:Debian-exim', server.dir]);
    writeFileSync(join(server.dir, 'exim.conf'), `
primary_hostname = mail.test
spool_directory = ${server.dir}/spool
log_file_path = ${server.dir}/log/%slog
pid_file_path = ${server.dir}/exim.pid
tls_advertise_hosts = *
tls_certificate = ${server.dir}/cert.pem
tls_privatekey = ${server.dir}/key.pem
acl_smtp_mail = must_be_secret
acl_smtp_rcpt = rcpt
deliver_drop_privilege = true
host_lookup =
rfc1413_query_timeout = 0s
queue_only = false
smtp_accept_max = 100
begin acl
must_be_secret:
  deny !encrypted = *
       message = TLS first
  accept
rcpt:
  deny local_parts = gone
       message = no such person
  defer local_parts = later
       message = come again
  accept
begin routers
all:
  driver = accept
  transport = mailbox
begin transports
mailbox:
  driver = appendfile
  directory = ${server.dir}/mail
  maildir_format
  create_directory
  envelope_to_add
  ${server.own.join('\n  ')}
begin retry
* * F,1h,1s
`);
    await server.start();
    return server;
  }

  async start() {
    this.child = spawn('/usr/sbin/exim4', ['-C', join(this.dir, 'exim.conf'), '-bdf', '-oX', `127.0.0.1.${this.port}`, '-oP', join(this.dir, 'exim.pid')],
      { stdio: ['ignore', 'inherit', 'inherit'] });
    await eventually(() => new Promise((done, fail) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.once('data', () => { socket.end('QUIT\r\n'); done(true); }).once('error', fail);
    }), { what: 'the mail server' });
  }

  async stop() {
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await gone;
  }

  // Every mail in the mailbox as text.
  mails() {
    const dir = join(this.dir, 'mail/new');
    return existsSync(dir) ? readdirSync(dir).sort().map((name) => readFileSync(join(dir, name), 'latin1')) : [];
  }

  async close() {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
