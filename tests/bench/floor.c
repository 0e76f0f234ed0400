/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of any metadata query: one librdkafka handle, one request for all topics, the answer thrown away. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char why[256];
	const struct rd_kafka_metadata *md;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	if (argc != 2 || rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof why) != RD_KAFKA_CONF_OK)
		return 64;
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
	if (rk == NULL)
		return 1;
	rd_kafka_resp_err_t err = rd_kafka_metadata(rk, 1, NULL, &md, 10000);
	if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
		fprintf(stderr, "%s\n", rd_kafka_err2str(err));
		return 1;
	}
	long partitions = 0;
	for (int i = 0; i < md->topic_cnt; i++)
		partitions += md->topics[i].partition_cnt;
	printf("%ld\n", partitions);
	rd_kafka_metadata_destroy(md);
	rd_kafka_destroy(rk);
	return 0;
}
