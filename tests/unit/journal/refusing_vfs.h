/* refusing_vfs: SQLite's own way to the disk, which can be made to refuse in one way or another. */
#ifndef MBP_REFUSING_VFS_H
#define MBP_REFUSING_VFS_H

enum refusing { REFUSE_WRITES, REFUSE_SYNCS, REFUSE_LOCKS };

/* Becomes the default of every connection opened later. Once a program. */
void refusing_vfs_install(void);

/* From now on such calls fail with this code of SQLite's (and this errno); 0 lets them through again. Thread-safe. */
void refusing_vfs_refuse(enum refusing what, int code, int system_error);
void refusing_vfs_relent(void);

/* How many were refused since the last refusing_vfs_refuse. */
int refusing_vfs_count(void);

#endif
