#ifndef CWASMTIME_H
#define CWASMTIME_H

#endif
