/** A process with the arguments of an engine that is none: it only waits. */
setInterval(() => {}, 60_000);
process.send?.('ready');
