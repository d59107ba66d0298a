/**
 * The load generator's process: bare sockets, requests made ahead, one request in flight on each connection. Closed loop, as
 * fast as the server answers, or at a rate of events a second. Started by load.ts with its options as the one argument.
 */
import { connect, type Socket } from 'node:net';
import { quantile } from '../statistics.ts';
import type { FromLoad, LoadOptions, LoadRun, ToLoad } from './load-messages.ts';
import { type PreparedRequest, prepareRequests } from './requests.ts';

/** So many that people, pages and sessions are as different as in the baselines. */
const preparedEvents = 40_000;
const headEnd = Buffer.from('\r\n\r\n');
const paceTickMs = 5;
const retryMs = 20;

const options = JSON.parse(process.argv[2]!) as LoadOptions;
const perConnection = Math.max(2, Math.ceil(preparedEvents / options.eventsPerRequest / options.connections));
let eventsNumbered = 0;

type Answered = (connection: Connection, status: number, ms: number, events: number) => void;

class Connection {
  readonly #requests: readonly PreparedRequest[];
  readonly #answered: Answered;
  #socket: Socket;
  #turn = 0;
  #sentAt = 0;
  #events = 0;
  #held: Buffer = Buffer.alloc(0);

  constructor(requests: readonly PreparedRequest[], answered: Answered) {
    this.#requests = requests;
    this.#answered = answered;
    this.#socket = this.#connect();
  }

  send(): void {
    const request = this.#requests[this.#turn++ % this.#requests.length]!;
    const bytes = request.number(eventsNumbered);
    eventsNumbered += request.events;
    this.#events = request.events;
    this.#sentAt = performance.now();
    this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #connect(): Socket {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = this.#connect();
      if (this.#sentAt !== 0) setTimeout(() => this.#end(0), retryMs);
    });
    return socket;
  }

  #read(chunk: Buffer): void {
    const held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const head = held.indexOf(headEnd);
    if (head >= 0) {
      const text = held.toString('latin1', 0, head);
      const length = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0);
      if (held.length >= head + headEnd.length + length) {
        this.#held = Buffer.alloc(0);
        this.#end(Number(text.slice(9, 12)));
        return;
      }
    }
    this.#held = held;
  }

  #end(status: number): void {
    const ms = performance.now() - this.#sentAt;
    this.#sentAt = 0;
    this.#answered(this, status, ms, this.#events);
  }
}

class Runner {
  readonly #connections: Connection[];
  readonly #idle: Connection[] = [];
  #isSending = false;
  #isPaused = false;
  #run: LoadRun & { times: number[] } = emptyRun();
  #inFlight = 0;
  #finished: (() => void) | undefined;

  constructor() {
    const { connections } = options;
    const requests = prepareRequests(options, perConnection * connections);
    this.#connections = Array.from(
      { length: connections },
      (_, index) =>
        new Connection(requests.slice(index * perConnection, (index + 1) * perConnection), (...answer) =>
          this.#answered(...answer),
        ),
    );
    this.#idle.push(...this.#connections);
  }

  async run(ms: number): Promise<LoadRun> {
    this.#run = emptyRun();
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    this.#isSending = true;
    const ticker = options.eventsPerSecond > 0 ? this.#pace(startedAt) : undefined;
    if (ticker === undefined) this.#sendAll();
    await new Promise((wake) => setTimeout(wake, ms));
    this.#isSending = false;
    clearInterval(ticker);
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#finished = resolve));
    const elapsedMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    const { times, ...run } = this.#run;
    return {
      ...run,
      elapsedMs,
      cpuMs: (user + system) / 1000,
      p50Ms: times.length === 0 ? 0 : quantile(times, 0.5),
      p99Ms: times.length === 0 ? 0 : quantile(times, 0.99),
    };
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused && this.#isSending && options.eventsPerSecond === 0) this.#sendAll();
  }

  end(): void {
    for (const connection of this.#connections) connection.end();
  }

  #sendAll(): void {
    for (const connection of this.#idle.splice(0)) this.#send(connection);
  }

  #send(connection: Connection): void {
    this.#inFlight++;
    connection.send();
  }

  #pace(startedAt: number): NodeJS.Timeout {
    const { eventsPerSecond, eventsPerRequest } = options;
    let sent = 0;
    return setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * eventsPerSecond;
      while (sent + eventsPerRequest <= due && this.#idle.length > 0 && !this.#isPaused) {
        sent += eventsPerRequest;
        this.#send(this.#idle.shift()!);
      }
    }, paceTickMs);
  }

  #answered(connection: Connection, status: number, ms: number, events: number): void {
    const run = this.#run;
    this.#inFlight--;
    if (status === 202) {
      run.requests++;
      run.events += events;
      run.times.push(ms);
    } else {
      run.refused++;
      run.refusedStatus = status;
    }
    const again = this.#isSending && !this.#isPaused && options.eventsPerSecond === 0;
    if (!again) this.#idle.push(connection);
    else if (status === 202) this.#send(connection);
    else setTimeout(() => (this.#isSending ? this.#send(connection) : this.#idle.push(connection)), retryMs);
    if (!this.#isSending && this.#inFlight === 0) this.#finished?.();
  }
}

function emptyRun(): LoadRun & { times: number[] } {
  return {
    requests: 0,
    events: 0,
    refused: 0,
    refusedStatus: 0,
    elapsedMs: 0,
    cpuMs: 0,
    p50Ms: 0,
    p99Ms: 0,
    times: [],
  };
}

const tell = (message: FromLoad) => process.send!(message);
const runner = new Runner();
process.on('message', (message: ToLoad) => {
  switch (message.kind) {
    case 'run':
      void runner.run(message.ms).then((run) => tell({ kind: 'ran', run }));
      break;
    case 'pause':
      runner.pause(message.isPaused);
      break;
    case 'end':
      runner.end();
      process.disconnect();
      break;
    default:
      message satisfies never;
  }
});
tell({ kind: 'ready' });
