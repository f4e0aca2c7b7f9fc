import { workerData } from 'node:worker_threads';

/**
 * Entry of a thread that ends its process when it takes too much memory. A thread, because a library that is busy
 * lets no timer of its own thread ring; by signal, because unpacked bytes lie outside the heap that Node limits.
 */
const mostBytes = workerData as number;

setInterval(() => {
  if (process.memoryUsage.rss() > mostBytes) process.kill(process.pid, 'SIGKILL');
}, 25);
