/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libFuzzer: runs the target once over every file named, or in a directory named, on
 * the command line. */
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

static unsigned n_files;

static int replay_file(const char *path)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) char *text = NULL;
	CLEANUP(freep) uint8_t *exact = NULL;
	size_t len;

	if (snug_read_file(path, SNUG_LIMIT_RECORDING_BYTES, &text, &len, &err) < 0) {
		fprintf(stderr, "%s\n", snug_err_msg(&err));
		return -1;
	}
	/* of the exact size and without the NUL, so that a sanitizer sees a read past the end */
	exact = xmalloc(len);
	memcpy(exact, text, len);
	printf("%s\n", path);
	fflush(stdout);
	(void)LLVMFuzzerTestOneInput(exact, len);
	n_files++;
	return 0;
}

static int not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int replay_dir(const char *dir)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, not_hidden, alphasort), r = 0;

	if (n < 0) {
		perror(dir);
		return -1;
	}
	for (int i = 0; i < n; i++) {
		CLEANUP(freep) char *path = xasprintf("%s/%s", dir, list[i]->d_name);

		if (replay_file(path) < 0)
			r = -1;
		free(list[i]);
	}
	free(list);
	return r;
}

int main(int argc, char **argv)
{
	int r = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			r |= replay_dir(argv[i]);
		else
			r |= replay_file(argv[i]);
	}
	printf("%u inputs replayed\n", n_files);
	if (!n_files)
		fprintf(stderr, "nothing to replay\n");
	return r || !n_files;
}
