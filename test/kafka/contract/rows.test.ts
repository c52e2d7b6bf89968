import { describeKafkaStore } from './describe-kafka-store';

describeKafkaStore('rows');
