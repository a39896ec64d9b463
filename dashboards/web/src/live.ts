// What changes, as it changes. Browsers allow six connections to a host, so of all the browser's windows one holds the stream (who has the
// lock) and passes what it hears to the others. Each message ends a turn, and turns are numbered without holes: a hole, a server that
// was started anew, or the server's own "resync" means that everything is asked for again.
import { heard } from './time';

export type Topic = 'state' | 'ticket' | 'disturbance' | 'window' | 'outage' | 'alarm' | 'act';
type Name = Topic | 'hello' | 'turn' | 'beat' | 'resync' | 'lost';
interface Message {
	name: Name;
	data: { seq?: number; asof?: string; turn?: number; epoch?: string } & Record<string, unknown>;
}

const TOPICS: readonly Topic[] = ['state', 'ticket', 'disturbance', 'window', 'outage', 'alarm', 'act'];
const STALE_MS = 35_000;
const POLL_MS = 30_000;
const AGAIN_MS = 2_000;

type Listener = (data: Record<string, unknown>) => void;
const listeners = new Map<Topic | 'resync' | 'line', Set<Listener>>();

export const line = {
	/** Whether the daemon is heard. Before the first message it is not known: then it counts as heard. */
	alive: true,
	/** The newest instant that what is shown is as of; 0 = none yet. */
	asof: 0,
	heardAt: Date.now(),
};

export function listen(topic: Topic | 'resync' | 'line', listener: Listener): () => void {
	const set = listeners.get(topic) ?? new Set();
	listeners.set(topic, set.add(listener));
	return () => set.delete(listener);
}

function tell(topic: Topic | 'resync' | 'line', data: Record<string, unknown> = {}): void {
	for (const listener of [...(listeners.get(topic) ?? [])]) listener(data);
}

let epoch: string | null = null;
let turn = 0;

function follow(message: Message): void {
	const { name, data } = message;
	const wasAlive = line.alive;

	line.alive = true;
	line.heardAt = Date.now();
	if (typeof data.asof === 'string') {
		line.asof = Date.parse(data.asof);
		heard(data.asof);
	}
	if (name === 'hello') {
		const missed = epoch !== null && (data.epoch !== epoch || data.turn !== turn);
		epoch = data.epoch ?? null;
		turn = data.turn ?? 0;
		if (missed || !wasAlive) tell('resync');
	} else if (name === 'turn') {
		const hole = data.turn !== turn + 1;
		turn = data.turn ?? 0;
		if (hole) tell('resync');
	} else if (name === 'resync') {
		tell('resync');
	} else if (name !== 'beat' && name !== 'lost') {
		tell(name, data);
	}
	if (name === 'hello' || name === 'turn' || name === 'beat' || !wasAlive) tell('line');
}

export function lost(): void {
	if (!line.alive) return;
	line.alive = false;
	tell('line');
}

/** Keeps a stream open: the browser tries again after a cut, and here after an end for good, or after silence on a line that claims to be there. */
function hold(pass: (message: Message) => void): void {
	let source: EventSource, openedAt: number;
	const open = () => {
		source = new EventSource('/api/v1/events');
		openedAt = Date.now();
		for (const name of [...TOPICS, 'hello', 'turn', 'beat', 'resync'] as Name[]) {
			source.addEventListener(name, (event) => {
				try {
					pass({ name, data: JSON.parse((event as MessageEvent<string>).data) as Message['data'] });
				} catch {
					pass({ name: 'resync', data: {} });
				}
			});
		}
		source.onerror = () => pass({ name: 'lost', data: {} });
	};
	open();
	setInterval(() => {
		const silent = Date.now() - Math.max(line.heardAt, openedAt) > STALE_MS;
		if (source.readyState !== EventSource.CLOSED && !silent) return;
		source.close();
		open();
	}, AGAIN_MS);
}

/** Starts listening; `who` keeps the streams of different principals in one browser apart. */
export function start(who: string): void {
	const channel = new BroadcastChannel(`vinga-live:${who}`);
	const hear = (message: Message) => message.name === 'lost' ? lost() : follow(message);

	channel.onmessage = ({ data }) => hear(data as Message);
	void navigator.locks.request(`vinga-live:${who}`, () => new Promise<never>(() => {
		hold((message) => {
			channel.postMessage(message);
			hear(message);
		});
	}));
	setInterval(() => {
		if (Date.now() - line.heardAt > STALE_MS) lost();
	}, 1_000);
	// where streams do not come through, asking now and then must do
	setInterval(() => {
		if (!line.alive) tell('resync');
	}, POLL_MS);
}
