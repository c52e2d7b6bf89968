import { workerData } from 'node:worker_threads';
import { giveWay } from '../../../threads/thread-priority';
import type { ThreadData } from '../channel/messages';
import type { PackerCalls } from '../channel/packing-messages';
import { serveCalls } from '../channel/serve-calls';
import { openForReading } from '../file/connection';
import { PackagePacker } from './package-packer';

let packer: PackagePacker | undefined;

// Nobody waits for this.
giveWay();

serveCalls<PackerCalls>('pack packages', (request) => {
  packer ??= new PackagePacker(openForReading(workerData as ThreadData));
  switch (request.kind) {
    case 'pack':
      return packer.pack(request.topic);
    case 'merge':
      return packer.merge(request.of);
  }
});
